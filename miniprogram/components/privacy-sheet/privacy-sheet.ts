/**
 * Asks for consent before album, camera, nickname or picture are used for the first time. WeChat holds the call back
 * and tells `wx.onNeedPrivacyAuthorization`; it takes "agree" only after a tap on a button of ours with
 * `open-type="agreePrivacyAuthorization"`. Stands once on every page that may need it, and answers while that page is
 * shown: the platform keeps one listener, so the app has one too, and hands on to the page on top. A refusal is
 * answered, and said: the call that waited fails, and nothing is asked again until the person tries again.
 */
import { words } from '../../words/language';
import { Consent, type Decide } from './consent';

const AGREE_BUTTON = 'agree-privacy';
/** The typings know the listener by another shape than the platform calls it with. */
type Register = ((listener: (decide: Decide) => void) => void) | undefined;
const consent = new Consent((listener) => (wx.onNeedPrivacyAuthorization as unknown as Register)?.(listener));

Component({
  data: { t: words.privacy, button: AGREE_BUTTON, open: false },

  lifetimes: {
    attached() {
      consent.front(this);
    },
    detached() {
      consent.gone(this);
    },
  },

  pageLifetimes: {
    show() {
      consent.front(this);
    },
    hide() {
      consent.gone(this);
    },
  },

  methods: {
    /** What Consent calls when somebody has to be asked, and when nobody has to any more. */
    ask(isAsked: boolean) {
      this.setData({ open: isAsked });
    },

    onContract() {
      void wx.openPrivacyContract({ fail: () => undefined });
    },

    onAgree() {
      consent.answer({ event: 'agree', buttonId: AGREE_BUTTON });
    },

    onRefuse() {
      consent.answer({ event: 'disagree' });
      void wx.showToast({ title: words.privacy.refused, icon: 'none', duration: 2500 });
    },

    onNothing() {
      return undefined;
    },
  },
});
