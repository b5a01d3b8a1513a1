/**
 * `<swiper>` and `<swiper-item>`: pages side by side (or one above the other), turned by a drag, by `current`, by
 * `autoplay`. Whoever turned it is told in `change` (`touch`, `autoplay` or ''). It does not go round: with `circular`
 * the last is followed by the first, the long way back.
 */
import { setFlag, type BuiltIn, type Part } from './part.ts';

const TURN_PX = 40;

export const swiperItem: BuiltIn = { properties: { itemId: String, skipHiddenItemLayout: Boolean } };

export const swiper: BuiltIn = {
  properties: {
    current: Number,
    currentItemId: String,
    indicatorDots: Boolean,
    indicatorColor: { type: String, value: 'rgba(0, 0, 0, .3)' },
    indicatorActiveColor: { type: String, value: '#000000' },
    autoplay: Boolean,
    interval: { type: Number, value: 5_000 },
    duration: { type: Number, value: 500 },
    circular: Boolean,
    vertical: Boolean,
    disableTouch: Boolean,
    easingFunction: String,
  },

  create(part, { after }) {
    const { host } = part;
    const dots = document.createElement('div');
    dots.className = 'swiper-dots';
    dots.hidden = true;
    host.append(dots);
    let shown = 0;
    const items = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>(':scope wx-swiper-item')];

    function paint(): void {
      const colour = (index: number): string =>
        part.text(index === shown ? 'indicatorActiveColor' : 'indicatorColor');
      dots.replaceChildren(
        ...items().map((_, index) => {
          const dot = document.createElement('span');
          dot.style.background = colour(index);
          return dot;
        }),
      );
    }

    function turn(to: number, source: '' | 'touch' | 'autoplay'): void {
      const list = items();
      const target = part.data['circular'] === true ? (to + list.length) % list.length : to;
      const item = list[target];
      if (!item) return;
      const isSmooth = source !== '' && !matchMedia('(prefers-reduced-motion: reduce)').matches;
      host.scrollTo({
        left: item.offsetLeft,
        top: item.offsetTop,
        behavior: isSmooth ? 'smooth' : 'instant',
      });
      const isNew = target !== shown;
      shown = target;
      paint();
      if (!isNew) return;
      const detail = { current: target, currentItemId: item.getAttribute('item-id') ?? '', source };
      part.trigger('change', detail);
      after(isSmooth ? Number(part.data['duration']) : 0, () => part.trigger('animationfinish', detail));
    }

    onDrag(part, (by) => turn(shown + by, 'touch'));
    const play = createPlay(() => turn(shown + 1, 'autoplay'), after);
    const replay = (): void =>
      play(part.data['autoplay'] === true ? Number(part.data['interval']) : Number.POSITIVE_INFINITY);
    // A change of size keeps the page that is shown; the first size is known when it is laid out.
    new ResizeObserver(() => host.scrollTo({ left: items()[shown]?.offsetLeft ?? 0 })).observe(host);

    return {
      current: (index: number) => queueMicrotask(() => turn(index, '')),
      vertical: (on: boolean) => setFlag(host, 'vertical', on),
      indicatorDots: (on: boolean) => {
        dots.hidden = !on;
        queueMicrotask(paint);
      },
      autoplay: replay,
      interval: replay,
    };
  },
};

function onDrag(part: Part, turned: (by: 1 | -1) => void): void {
  const place = (event: PointerEvent): number =>
    part.data['vertical'] === true ? event.clientY : event.clientX;
  let from: number | null = null;
  part.host.addEventListener('pointerdown', (event) => {
    from = part.data['disableTouch'] === true ? null : place(event);
  });
  window.addEventListener('pointerup', (event) => {
    const moved = from === null ? 0 : place(event) - from;
    from = null;
    if (Math.abs(moved) >= TURN_PX) turned(moved < 0 ? 1 : -1);
  });
}

/** @returns what sets the time between two turns; infinite for none */
function createPlay(turn: () => void, after: (ms: number, run: () => void) => () => void) {
  let stop: () => void = () => undefined;
  return function play(everyMs: number): void {
    stop();
    stop = () => undefined;
    if (everyMs === Number.POSITIVE_INFINITY) return;
    stop = after(everyMs, () => {
      turn();
      play(everyMs);
    });
  };
}
