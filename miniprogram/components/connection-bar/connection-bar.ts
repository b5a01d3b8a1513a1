/**
 * One line above a page that says why what is seen may be old: connecting, not connected, signed out, barred.
 * Shows what it is given, nothing for an empty text; offers one thing to do and tells when it is tapped.
 *
 * Events: `act`.
 */
Component({
  properties: {
    text: String,
    /** quiet · warn · stop: see Bar in words/sentences.ts. */
    tone: String,
    /** Words on the button; none without. */
    action: String,
  },

  methods: {
    onAct() {
      this.triggerEvent('act');
    },
  },
});
