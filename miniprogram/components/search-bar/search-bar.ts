/**
 * A field to search by. Tells every change, and the same again when the keyboard's search key is pressed.
 *
 * Events: `query` {text}, `search` {text}.
 */
import { words } from '../../words/language';

Component({
  properties: {
    hint: String,
    /** Opens the keyboard when the page is shown. */
    focus: Boolean,
  },

  data: { t: words.searchBar, text: '' },

  methods: {
    onInput(event: WechatMiniprogram.Input) {
      this.tell(event.detail.value);
    },

    onConfirm(event: WechatMiniprogram.Input) {
      this.triggerEvent('search', { text: event.detail.value });
    },

    onClear() {
      this.tell('');
    },

    tell(text: string) {
      this.setData({ text });
      this.triggerEvent('query', { text });
    },
  },
});
