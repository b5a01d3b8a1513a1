/**
 * A person's or a room's picture; where there is none, or it cannot be loaded, the first character of the name
 * on a colour that the seed (an id) decides, the same on every phone. Says its name to a screen reader.
 */
import { initial, pictureSource, tone } from '../../format';

Component({
  properties: {
    /** Id of the person or room. */
    seed: String,
    name: String,
    src: String,
    /** Edge in px. */
    size: { type: Number, value: 44 },
  },

  data: { letter: '', tone: 0, picture: '' },

  observers: {
    'seed, name'(seed: string, name: string) {
      this.setData({ letter: initial(name), tone: tone(seed) });
    },
    src(src: string) {
      this.setData({ picture: pictureSource(src) });
    },
  },

  methods: {
    onPictureError() {
      this.setData({ picture: '' });
    },
  },
});
