/**
 * The built-ins by tag, the plain ones among them in full. What stands in compile/wxss.ts's BUILT_IN_TAGS stands here;
 * a test holds the two together.
 */
import { convertUnits } from '../../compile/wxss.ts';
import { input, textarea } from './field.ts';
import { form, formOf, joinForm, label } from './form.ts';
import { checkbox, checkboxGroup, radio, radioGroup } from './choices.ts';
import { HOVER, setFlag, type BuiltIn } from './part.ts';
import { scrollView } from './scroll-view.ts';
import { swiper, swiperItem } from './swiper.ts';

const view: BuiltIn = { properties: HOVER };

const text: BuiltIn = {
  properties: { userSelect: Boolean, selectable: Boolean, decode: Boolean, space: String },
  create: ({ host }) => ({
    userSelect: (on: boolean) => setFlag(host, 'user-select', on),
    selectable: (on: boolean) => setFlag(host, 'user-select', on),
  }),
};

const FITS: Record<string, string> = { aspectFit: 'contain', aspectFill: 'cover', center: 'none' };

const image: BuiltIn = {
  properties: {
    src: String,
    mode: { type: String, value: 'scaleToFill' },
    lazyLoad: Boolean,
    showMenuByLongpress: Boolean,
    webp: Boolean,
    fadeIn: Boolean,
  },
  create(part, { files }) {
    const native = document.createElement('img');
    native.draggable = false;
    native.alt = '';
    part.host.append(native);
    native.addEventListener('load', () =>
      part.trigger('load', { width: native.naturalWidth, height: native.naturalHeight }),
    );
    native.addEventListener('error', () => part.trigger('error', { errMsg: `load failed: ${native.src}` }));
    return {
      src: (src: string) => {
        if (src) native.src = files.urlOf(src);
        else native.removeAttribute('src');
      },
      mode: (mode: string) => {
        part.host.setAttribute('mode', mode);
        native.style.objectFit = FITS[mode] ?? 'fill';
      },
      lazyLoad: (on: boolean) => (native.loading = on ? 'lazy' : 'eager'),
    };
  },
};

const button: BuiltIn = {
  properties: {
    ...HOVER,
    hoverClass: { type: String, value: 'button-hover' },
    type: { type: String, value: 'default' },
    size: String,
    plain: Boolean,
    disabled: Boolean,
    loading: Boolean,
    formType: String,
    openType: String,
  },
  create(part, { files, privacyFor, agreeToPrivacy, miss }) {
    const { host } = part;
    host.setAttribute('role', 'button');
    host.setAttribute('type', 'default');
    const opens: Record<string, () => void> = {
      chooseAvatar: () => void chooseAvatar(),
      agreePrivacyAuthorization() {
        agreeToPrivacy();
        part.trigger('agreeprivacyauthorization', {});
      },
    };
    part.listen('tap', () => {
      if (part.data['disabled'] === true) return;
      const form = formOf(host);
      if (part.data['formType'] === 'submit') form?.submit();
      if (part.data['formType'] === 'reset') form?.reset();
      // Two at once are written with a bar: `chooseAvatar|agreePrivacyAuthorization`; consent comes first.
      for (const openType of part.text('openType').split('|').toReversed()) {
        if (openType === '') continue;
        if (openType in opens) opens[openType]?.();
        else miss(`<button open-type="${openType}">`);
      }
    });
    async function chooseAvatar(): Promise<void> {
      if (!(await privacyFor('chooseAvatar'))) return;
      const [path] = await files.choose({ accept: 'image/*', most: 1 });
      if (path !== undefined) part.trigger('chooseavatar', { avatarUrl: path });
    }
    return {
      type: (type: string) => host.setAttribute('type', type),
      size: (size: string) => host.setAttribute('size', size),
      plain: (on: boolean) => setFlag(host, 'plain', on),
      loading: (on: boolean) => setFlag(host, 'loading', on),
      disabled: (on: boolean) => {
        setFlag(host, 'disabled', on);
        host.setAttribute('aria-disabled', String(on));
      },
    };
  },
};

const navigator: BuiltIn = {
  properties: {
    ...HOVER,
    url: String,
    openType: { type: String, value: 'navigate' },
    delta: { type: Number, value: 1 },
  },
  create(part, { navigate }) {
    part.host.setAttribute('role', 'link');
    part.listen('tap', () => navigate(part.text('openType'), part.text('url'), Number(part.data['delta'])));
    return undefined;
  },
};

const toggle: BuiltIn = {
  properties: { checked: Boolean, disabled: Boolean, color: String, type: String, name: String },
  create(part) {
    const { host } = part;
    host.setAttribute('role', 'switch');
    host.setAttribute('aria-checked', 'false');
    joinForm(host, () => [part.text('name'), part.data['checked'] === true]);
    part.listen('tap', () => {
      if (part.data['disabled'] === true) return;
      part.set('checked', part.data['checked'] !== true);
      part.trigger('change', { value: part.data['checked'] });
    });
    return {
      checked: (on: boolean) => host.setAttribute('aria-checked', String(on)),
      disabled: (on: boolean) => setFlag(host, 'disabled', on),
      color: (colour: string) => host.style.setProperty('--switch', colour),
    };
  },
};

/** Only `mode="selector"`, shown as a list; the wheels of a real phone are not copied. */
const picker: BuiltIn = {
  properties: {
    mode: { type: String, value: 'selector' },
    range: null,
    rangeKey: String,
    value: null,
    disabled: Boolean,
    name: String,
  },
  create(part, { chooseFromList, miss }) {
    joinForm(part.host, () => [part.text('name'), part.data['value']]);
    part.listen('tap', () => {
      const range = Array.isArray(part.data['range']) ? (part.data['range'] as unknown[]) : [];
      if (part.data['disabled'] === true || range.length === 0) return;
      const key = part.text('rangeKey');
      const words = range.map((item) => String(key ? (item as Record<string, unknown>)[key] : item));
      void chooseFromList(words).then((index) => {
        if (index < 0) return part.trigger('cancel', {});
        part.set('value', index);
        return part.trigger('change', { value: index });
      });
    });
    return {
      mode: (mode: string) => {
        if (mode !== 'selector') miss(`<picker mode="${mode}">`);
      },
    };
  },
};

/** Text with a few tags; anything that could run is left out, as WeChat leaves it out. */
const richText: BuiltIn = {
  properties: { nodes: null, space: String },
  create: ({ host }, { miss }) => ({
    nodes(nodes: unknown) {
      if (typeof nodes !== 'string') {
        miss('<rich-text nodes> as an array');
        return;
      }
      const parsed = new DOMParser().parseFromString(nodes, 'text/html').body;
      for (const element of parsed.querySelectorAll('script, style, iframe, object, link, meta'))
        element.remove();
      for (const element of parsed.querySelectorAll('*')) {
        for (const { name } of [...element.attributes])
          if (/^on|^href$/.test(name)) element.removeAttribute(name);
      }
      host.replaceChildren(...parsed.childNodes);
    },
  }),
};

const progress: BuiltIn = {
  properties: {
    percent: Number,
    showInfo: Boolean,
    strokeWidth: { type: null, value: 6 },
    borderRadius: null,
    fontSize: null,
    activeColor: String,
    backgroundColor: String,
    active: Boolean,
    activeMode: String,
    duration: Number,
  },
  create: ({ host }) => {
    host.setAttribute('role', 'progressbar');
    return {
      percent: (percent: number) => {
        const shown = Math.min(100, Math.max(0, percent));
        host.setAttribute('aria-valuenow', `${shown}`);
        host.style.setProperty('--percent', `${shown}%`);
      },
      showInfo: (on: boolean) => setFlag(host, 'show-info', on),
      strokeWidth: (width: number | string) =>
        host.style.setProperty('--stroke', typeof width === 'number' ? `${width}px` : convertUnits(width)),
      activeColor: (colour: string) => host.style.setProperty('--active', colour || '#09bb07'),
      backgroundColor: (colour: string) => host.style.setProperty('--rest', colour || '#ebebeb'),
    };
  },
};

/** What a page says of itself: sizes of letters that follow WeChat's setting, a style, the colour behind it. */
const pageMeta: BuiltIn = {
  properties: {
    pageFontSize: String,
    rootFontSize: String,
    backgroundColor: String,
    backgroundTextStyle: String,
    rootBackgroundColor: String,
    pageStyle: String,
  },
  create: ({ host }) => {
    const system = (size: string): string => (size === 'system' ? 'var(--font-size-setting)' : size);
    // When it is in its place: it is made before that.
    const onPage = (set: (page: HTMLElement) => void): void =>
      queueMicrotask(() => {
        const page = host.closest<HTMLElement>('page');
        if (page) set(page);
      });
    return {
      rootFontSize: (size: string) => (document.documentElement.style.fontSize = system(size)),
      pageFontSize: (size: string) => onPage((page) => page.style.setProperty('font-size', system(size))),
      backgroundColor: (colour: string) =>
        onPage((page) => page.closest<HTMLElement>('.window')?.style.setProperty('background', colour)),
      pageStyle: (style: string) =>
        onPage((page) => {
          const { fontSize } = page.style;
          page.setAttribute('style', convertUnits(style));
          if (fontSize) page.style.fontSize = fontSize;
          // A page that must not scroll, as under a dialog of the app's own.
          page.parentElement?.classList.toggle('still', /overflow\s*:\s*hidden/.test(style));
        }),
    };
  },
};

export const BUILT_INS: Record<string, BuiltIn> = {
  view,
  text,
  image,
  button,
  navigator,
  picker,
  input,
  textarea,
  form,
  label,
  switch: toggle,
  checkbox,
  'checkbox-group': checkboxGroup,
  radio,
  'radio-group': radioGroup,
  progress,
  swiper,
  'swiper-item': swiperItem,
  'scroll-view': scrollView,
  'rich-text': richText,
  'cover-view': view,
  'root-portal': view,
  'page-meta': pageMeta,
};
