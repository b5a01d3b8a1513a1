/**
 * What can be done with a message: a row of emoji to react with, and the acts. WeChat's own sheet holds six lines and
 * no emoji. Events: `choose` {action}, `react` {emoji, on}, `close`.
 */
import { words } from '../../words/language';

type Tapped<T extends object> = WechatMiniprogram.CustomEvent<object, object, T>;

Component({
  properties: {
    isShown: Boolean,
    /** {action, words, isGrave} */
    actions: { type: Array, value: [] as { action: string; words: string; isGrave: boolean }[] },
    /** {emoji, mine}; none where nothing can be reacted to. */
    reactions: { type: Array, value: [] as { emoji: string; mine: boolean }[] },
  },

  data: { t: words.sheet },

  methods: {
    onAction({ currentTarget }: Tapped<{ action: string }>) {
      this.triggerEvent('choose', { action: currentTarget.dataset.action });
    },

    onReact({ currentTarget }: Tapped<{ emoji: string; mine: boolean }>) {
      const { emoji, mine } = currentTarget.dataset;
      this.triggerEvent('react', { emoji, on: !mine });
    },

    onClose() {
      this.triggerEvent('close');
    },

    /** The list behind must not scroll along. */
    onMove() {},
  },
});
