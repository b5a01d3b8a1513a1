/**
 * A small picture in the colour of the text around it: search, add, bell-off … Only for the eye; whoever uses it as a
 * button gives the button its label. The shapes stand in the wxss, as masks, so that both themes share them.
 */
Component({
  properties: {
    /** search · add · minus · bell-off · group · globe · clear · check · bubble. */
    name: String,
    /** Edge in px. */
    size: { type: Number, value: 20 },
  },
});
