/**
 * `<scroll-view>`. The element itself scrolls, so the browser's own scroll anchoring holds what is on screen when
 * something is put above it: as WeChat on Android does always, and on iOS with `scroll-anchoring`; and as there it
 * is idle at the very top. Thresholds are told when one comes near in their direction, at most every 200 ms.
 */
import { setFlag, type BuiltIn } from './part.ts';

const TELL_EVERY_MS = 200;

export const scrollView: BuiltIn = {
  properties: {
    scrollX: Boolean,
    scrollY: Boolean,
    scrollTop: null,
    scrollLeft: null,
    scrollIntoView: String,
    scrollWithAnimation: Boolean,
    scrollAnchoring: Boolean,
    upperThreshold: { type: Number, value: 50 },
    lowerThreshold: { type: Number, value: 50 },
    enhanced: Boolean,
    bounces: Boolean,
    showScrollbar: { type: Boolean, value: true },
    enableFlex: Boolean,
    enablePassive: Boolean,
    type: String,
  },

  create(part) {
    const { host } = part;
    let [lastTop, lastLeft] = [0, 0];
    const told = { scrolltoupper: 0, scrolltolower: 0 };

    const tell = (name: keyof typeof told, direction: string): void => {
      const now = performance.now();
      if (now - told[name] < TELL_EVERY_MS) return;
      told[name] = now;
      part.trigger(name, { direction });
    };

    host.addEventListener('scroll', () => {
      const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = host;
      const [deltaX, deltaY] = [lastLeft - scrollLeft, lastTop - scrollTop];
      [lastTop, lastLeft] = [scrollTop, scrollLeft];
      part.trigger('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth, deltaX, deltaY });
      const [upper, lower] = [Number(part.data['upperThreshold']), Number(part.data['lowerThreshold'])];
      if (deltaY > 0 && scrollTop <= upper) tell('scrolltoupper', 'top');
      if (deltaX > 0 && scrollLeft <= upper) tell('scrolltoupper', 'left');
      if (deltaY < 0 && scrollHeight - clientHeight - scrollTop <= lower) tell('scrolltolower', 'bottom');
      if (deltaX < 0 && scrollWidth - clientWidth - scrollLeft <= lower) tell('scrolltolower', 'right');
    });

    // After the change that asked for it is in place: the target may come with it.
    const scroll = (to: () => ScrollToOptions | undefined): void =>
      queueMicrotask(() => {
        const target = to();
        const isSmooth =
          part.data['scrollWithAnimation'] === true &&
          !matchMedia('(prefers-reduced-motion: reduce)').matches;
        if (target) host.scrollTo({ behavior: isSmooth ? 'smooth' : 'instant', ...target });
      });

    return {
      scrollX: (on: boolean) => setFlag(host, 'scroll-x', on),
      scrollY: (on: boolean) => setFlag(host, 'scroll-y', on),
      enableFlex: (on: boolean) => setFlag(host, 'enable-flex', on),
      showScrollbar: (on: boolean) => setFlag(host, 'no-scrollbar', !on),
      scrollTop: (top: unknown) =>
        scroll(() => (isPlace(top) ? { top: Number.parseFloat(String(top)) } : undefined)),
      scrollLeft: (left: unknown) =>
        scroll(() => (isPlace(left) ? { left: Number.parseFloat(String(left)) } : undefined)),
      scrollIntoView: (id: string) =>
        scroll(() => {
          const target = id === '' ? undefined : part.sibling(id)?.getBoundingClientRect();
          const own = host.getBoundingClientRect();
          if (!target) return undefined;
          return {
            top: target.top - own.top + host.scrollTop,
            left: target.left - own.left + host.scrollLeft,
          };
        }),
    };
  },
};

function isPlace(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
