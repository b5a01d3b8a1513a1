/**
 * Where a message is written. Holds the text being typed; never sends by itself, never shortens a text: one
 * that is too long stays, says so and cannot be sent. Owns the room at the bottom of the page, the dock, in which
 * the phone's keyboard or a panel of ours stands: the platform pushes nothing (`adjust-position="false"`), and where
 * one follows the other the dock keeps its height, so that nothing jumps.
 *
 * Events: `send` {text}; `draft` {text} at every change; `mention` when an @ was typed; `picture` {source: album or
 * camera}; `emoji` {emoji} that was put in; `drop` when answer or edit is given up; `dock` {height} in px;
 * `lines` {lines} when the field grows or shrinks.
 */
import { countCharacters, isBlank } from '../../format';
import { words } from '../../words/language';
import { put, rubOut } from './caret';

/** Px of a panel before the phone has shown how high its keyboard is. */
const PANEL_HEIGHT = 280;

Component({
  properties: {
    /** The text to start from; a change replaces what stands there. */
    value: String,
    /** Shown while nothing is written. */
    hint: String,
    /** Why nothing can be written here; '' where it can. */
    closed: String,
    /** Why nothing can be sent just now; and seconds that the button counts down, 0 for none. */
    blocked: String,
    wait: Number,
    /** Longest text in characters. */
    limit: { type: Number, value: 2000 },
    /** What is answered or edited, in a line; '' for neither. */
    about: String,
    isEdit: Boolean,
    /** People can be called. */
    canMention: Boolean,
    /** Emoji used last. */
    recent: { type: Array, value: [] as string[] },
  },

  data: {
    text: '',
    given: '',
    sendable: false,
    /** 1990/2000, once the limit is near. */
    count: '',
    tooLong: false,
    focus: false,
    /** Where the caret goes when the field gets the focus. */
    caret: -1,
    /** '' · emoji · more */
    panel: '',
    keyboard: 0,
    panelHeight: PANEL_HEIGHT,
    dock: 0,
    t: words.composer,
  },

  observers: {
    // Told again with every other property: only a new one is meant.
    value(value: string) {
      if (value === this.data.given) return;
      this.setData({ given: value });
      this.show(value);
    },
    'limit, blocked'() {
      this.show(this.data.text);
    },
  },

  methods: {
    onInput(event: WechatMiniprogram.TextareaInput) {
      const { value, cursor } = event.detail;
      const isLonger = countCharacters(value) === countCharacters(this.data.text) + 1;
      this.setData({ caret: cursor });
      this.change(value);
      if (this.data.canMention && isLonger && value[cursor - 1] === '@') this.triggerEvent('mention');
    },

    onSend() {
      const { text, sendable } = this.data;
      if (!sendable) return;
      this.setData({ caret: 0 });
      this.show('');
      this.triggerEvent('send', { text });
    },

    onKeyboard(event: WechatMiniprogram.TextareaKeyboardHeightChange) {
      const keyboard = Math.max(0, event.detail.height);
      // It comes up where a panel stood: the panel goes as soon as the keyboard is there, not before.
      const panel = keyboard > 0 ? '' : this.data.panel;
      this.dock({ keyboard, panel, ...(keyboard > 0 && { panelHeight: keyboard }) });
    },

    onLines(event: WechatMiniprogram.TextareaLineChange) {
      this.triggerEvent('lines', { lines: event.detail.lineCount });
    },

    onFocus() {
      this.setData({ focus: true });
    },

    /** Some phones hide the keyboard without a height of 0. */
    onBlur(event: WechatMiniprogram.CustomEvent<{ cursor?: number }>) {
      const caret = event.detail?.cursor ?? this.data.caret;
      this.setData({ focus: false, caret });
      this.dock({ keyboard: 0 });
    },

    onPanel(event: WechatMiniprogram.CustomEvent<object, object, { panel: string }>) {
      const { panel } = event.currentTarget.dataset;
      if (this.data.panel === panel) return this.setData({ focus: true });
      const hadKeyboard = this.data.keyboard > 0;
      this.dock({ panel, keyboard: 0 });
      if (hadKeyboard) void wx.hideKeyboard();
    },

    onEmoji(event: WechatMiniprogram.CustomEvent<{ emoji: string }>) {
      const { emoji } = event.detail;
      this.insert(emoji);
      this.triggerEvent('emoji', { emoji });
    },

    onErase() {
      const { text, caret } = rubOut(this.data.text, this.data.caret);
      this.setData({ caret });
      this.change(text);
    },

    onPicture(event: WechatMiniprogram.CustomEvent<object, object, { source: string }>) {
      this.triggerEvent('picture', { source: event.currentTarget.dataset.source });
    },

    onDrop() {
      this.triggerEvent('drop');
    },

    /** Puts something in where the caret is. */
    insert(words: string) {
      const { text, caret } = put(this.data.text, this.data.caret, words);
      this.setData({ caret });
      this.change(text);
    },

    /** Lets keyboard and panels go. */
    rest() {
      if (this.data.keyboard > 0) void wx.hideKeyboard();
      if (this.data.panel !== '') this.dock({ panel: '' });
    },

    /** Brings the keyboard up, the caret behind what stands there. */
    write() {
      this.setData({ focus: true, caret: this.data.text.length });
    },

    change(text: string) {
      this.show(text);
      this.triggerEvent('draft', { text });
    },

    show(text: string) {
      const { limit, blocked, count, tooLong, sendable } = this.data;
      const length = countCharacters(text);
      const next = {
        text,
        tooLong: length > limit,
        sendable: length <= limit && blocked === '' && !isBlank(text),
        count: length > limit * 0.9 ? `${length}/${limit}` : '',
      };
      // Told with every change of the page: most change nothing here.
      const isSame = next.count === count && next.tooLong === tooLong && next.sendable === sendable;
      if (!isSame || text !== this.data.text) this.setData(next);
    },

    dock(change: { panel?: string; keyboard?: number; panelHeight?: number }) {
      const { panel, keyboard, panelHeight } = { ...this.data, ...change };
      const dock = panel === '' ? keyboard : panelHeight;
      const before = this.data.dock;
      this.setData({ ...change, dock });
      if (dock !== before) this.triggerEvent('dock', { height: dock });
    },
  },
});
