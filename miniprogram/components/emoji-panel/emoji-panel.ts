/**
 * A grid of emoji, those used last first. Events: `pick` {emoji}; `erase` for the key that takes one away.
 */
import { words } from '../../words/language';
import { EMOJI } from './emoji';

type Tapped = WechatMiniprogram.CustomEvent<object, object, { emoji: string }>;

Component({
  properties: {
    recent: { type: Array, value: [] as string[] },
  },

  data: { all: EMOJI, t: words.composer },

  methods: {
    onPick({ currentTarget }: Tapped) {
      this.triggerEvent('pick', { emoji: currentTarget.dataset.emoji });
    },

    onErase() {
      this.triggerEvent('erase');
    },
  },
});
