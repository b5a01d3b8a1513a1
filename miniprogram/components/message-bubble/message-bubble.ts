/**
 * One message as it looks: whose, what, and how far it got. Renders text as text, whatever it contains. Knows
 * no room and no engine: what a person does with it goes up, through whatever holds it, as one event.
 *
 * Events: `row` {what, key …}, where `what` is hold, retry, picture, quote {seq}, link {text}, react {emoji, on},
 * person, call.
 */
import { words } from '../../words/language';

/** Of the page's rows (chat-rows.ts), what is used in here. */
interface Row {
  key: string;
  quoted?: number;
}

const NO_ROW: Row = { key: '' };

type Tapped<T extends object> = WechatMiniprogram.CustomEvent<object, object, T>;

Component({
  properties: {
    row: { type: Object, value: NO_ROW },
  },

  data: { t: words.bubble },

  methods: {
    onHold() {
      this.tell('hold');
    },

    onRetry() {
      this.tell('retry');
    },

    onPicture() {
      this.tell('picture');
    },

    onQuote() {
      this.tell('quote', { seq: this.data.row.quoted });
    },

    onPart({ currentTarget }: Tapped<{ as: string; text: string }>) {
      const { as, text } = currentTarget.dataset;
      if (as === 'link') this.tell('link', { text });
    },

    onReact({ currentTarget }: Tapped<{ emoji: string; mine: boolean }>) {
      const { emoji, mine } = currentTarget.dataset;
      this.tell('react', { emoji, on: !mine });
    },

    onPerson() {
      this.tell('person');
    },

    onCall() {
      this.tell('call');
    },

    tell(what: string, more: object = {}) {
      const detail = { what, key: this.data.row.key, ...more };
      this.triggerEvent('row', detail, { bubbles: true, composed: true });
    },
  },
});
