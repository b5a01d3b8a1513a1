/**
 * Where a message is written. Holds the text being typed; never sends by itself, never shortens a text: one
 * that is too long stays, says so and cannot be sent. Reports the keyboard's height instead of letting the
 * platform push the page up (`adjust-position="false"`): the page moves, so the list stays whole.
 *
 * Events: `send` {text}, `draft` {text} at every change, `keyboard` {height} in px, 0 when it is gone.
 */
import { countCharacters, isBlank } from '../../format';
import { words } from '../../words/language';

Component({
  properties: {
    /** The text to start from; a change replaces what stands there. */
    value: String,
    /** Shown while nothing is written. */
    hint: String,
    /** Why nothing can be written here; '' where it can. */
    closed: String,
    /** Longest text in characters. */
    limit: { type: Number, value: 2000 },
  },

  data: {
    t: words.composer,
    text: '',
    sendable: false,
    /** 1990/2000, once the limit is near. */
    count: '',
    tooLong: false,
  },

  observers: {
    value(value: string) {
      this.show(value);
    },
    limit() {
      this.show(this.data.text);
    },
  },

  methods: {
    onInput(event: WechatMiniprogram.TextareaInput) {
      this.show(event.detail.value);
      this.triggerEvent('draft', { text: event.detail.value });
    },

    onSend() {
      const { text, sendable } = this.data;
      if (!sendable) return;
      this.show('');
      this.triggerEvent('send', { text });
    },

    onKeyboard(event: WechatMiniprogram.TextareaKeyboardHeightChange) {
      this.triggerEvent('keyboard', { height: Math.max(0, event.detail.height) });
    },

    /** Some phones hide the keyboard without a height of 0. */
    onBlur() {
      this.triggerEvent('keyboard', { height: 0 });
    },

    show(text: string) {
      const { limit } = this.data;
      const length = countCharacters(text);
      const tooLong = length > limit;
      this.setData({
        text,
        tooLong,
        sendable: !tooLong && !isBlank(text),
        count: length > limit * 0.9 ? `${length}/${limit}` : '',
      });
    },
  },
});
