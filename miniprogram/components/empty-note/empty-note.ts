/**
 * What a page says in place of a list: that there is nothing, why, and the one thing to do about it.
 *
 * Events: `act`.
 */
Component({
  properties: {
    text: String,
    /** A second line, softer. */
    hint: String,
    /** Words on the button; none without. */
    action: String,
  },

  methods: {
    onAct() {
      this.triggerEvent('act');
    },
  },
});
