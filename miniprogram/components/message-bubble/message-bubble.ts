/**
 * One message as it looks: whose, what, and how far it got. Renders text as text, whatever it contains. Knows
 * no room and no engine: a long press and a tap on the mark of a failed message go up as events.
 *
 * Events: `hold`, `retry`.
 */
import { words } from '../../words/language';

Component({
  properties: {
    mine: Boolean,
    /** Id and name of the sender, for the avatar. */
    from: String,
    person: String,
    avatar: String,
    /** The name is shown above the bubble. */
    named: Boolean,
    text: String,
    /** What it answers, in one line; '' where it answers nothing. */
    quote: String,
    edited: Boolean,
    /** sending · sent · failed */
    state: String,
    /** Why it failed, in words. */
    problem: String,
  },

  data: { t: words.bubble },

  methods: {
    onHold() {
      this.triggerEvent('hold');
    },
    onRetry() {
      this.triggerEvent('retry');
    },
  },
});
