/**
 * Consent before personal data, as WeChat asks since 2023: the first call that needs it waits. An app that listens to
 * `wx.onNeedPrivacyAuthorization` answers with its own dialog, whose agree button must really have been tapped; for
 * any other WeChat shows its own. Consent is kept with the phone, not with the app's storage.
 */
import type { Dialogs } from '../dialogs.ts';
import type { Shelf } from './storage.ts';
import { WxFailure, type Run, type Work, type WxFunction, type WxPart } from './call.ts';

interface Decision {
  event: 'agree' | 'disagree' | 'exposureAuthorization';
}

type PrivacyListener = (decide: (decision: Decision) => void, info: { referrer: string }) => void;

export interface PrivacyDeps {
  dialogs: Dialogs;
  shelf: Shelf;
  phone: string;
  run: Run;
}

export class Privacy {
  readonly #deps: PrivacyDeps;
  readonly #key: string;
  #listener: PrivacyListener | null = null;
  #agreeTapped = false;

  constructor(deps: PrivacyDeps) {
    this.#deps = deps;
    this.#key = `chahua-preview-privacy/${deps.phone}`;
  }

  get isAgreed(): boolean {
    return this.#deps.shelf.getItem(this.#key) !== null;
  }

  /** A button with `open-type="agreePrivacyAuthorization"` was tapped. */
  tapped(): void {
    this.#agreeTapped = true;
  }

  async allows(what: string): Promise<boolean> {
    if (this.isAgreed) return true;
    const agreed = this.#listener ? await this.#askApp(what) : await this.#askPerson();
    if (agreed) this.#deps.shelf.setItem(this.#key, 'agreed');
    return agreed;
  }

  createApi(call: (name: string, work: Work) => WxFunction): WxPart {
    return {
      onNeedPrivacyAuthorization: (listener: PrivacyListener) => {
        this.#listener = listener;
      },
      getPrivacySetting: call('getPrivacySetting', () => ({
        needAuthorization: !this.isAgreed,
        privacyContractName: this.#deps.dialogs.words.privacyContract,
      })),
      requirePrivacyAuthorize: call('requirePrivacyAuthorize', async () => {
        if (!(await this.allows('requirePrivacyAuthorize')))
          throw new WxFailure('privacy permission is not authorized');
      }),
      openPrivacyContract: call('openPrivacyContract', () => {
        const { words } = this.#deps.dialogs;
        return this.#deps.dialogs.modal({
          title: words.privacyContract,
          content: words.privacyText,
          cancel: '',
          confirm: words.understood,
        });
      }),
    };
  }

  #askApp(referrer: string): Promise<boolean> {
    return new Promise((resolve) => {
      const decide = ({ event }: Decision): void => {
        if (event === 'exposureAuthorization') return;
        if (event === 'agree' && !this.#agreeTapped) {
          console.error(
            'wx.onNeedPrivacyAuthorization: "agree" without a tap on an agreePrivacyAuthorization button',
          );
        }
        resolve(event === 'agree' && this.#agreeTapped);
      };
      this.#deps.run(() => this.#listener?.(decide, { referrer }));
    });
  }

  async #askPerson(): Promise<boolean> {
    const { words } = this.#deps.dialogs;
    const { confirmed } = await this.#deps.dialogs.modal({
      title: words.privacyTitle,
      content: words.privacyAsk,
      cancel: words.refuse,
      confirm: words.agree,
    });
    return confirmed;
  }
}
