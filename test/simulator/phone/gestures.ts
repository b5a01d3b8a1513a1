/**
 * Fingers (or the mouse) to what WeChat calls them: touchstart, touchmove, touchend, touchcancel, tap, longpress.
 * A tap is short and still; after a longpress that somebody listens to there is none. Shows `hover-class` while a
 * finger rests. Owns recognition only: whoever made it sends the events on.
 */
import type { After } from './clock.ts';

export interface Touch {
  identifier: number;
  clientX: number;
  clientY: number;
  pageX: number;
  pageY: number;
}

export interface Hover {
  /** As it stands in the browser; '' for none. */
  className: string;
  startMs: number;
  stayMs: number;
}

export interface GesturesDeps {
  after: After;
  send(target: Element, name: string, detail: { x: number; y: number }, touch: Touch): void;
  listensTo(target: Element, name: string): boolean;
  hoverOf(element: Element): Hover | undefined;
}

interface Finger {
  target: Element;
  x: number;
  y: number;
  isStill: boolean;
  isLong: boolean;
  cancelHold: () => void;
  endHover: () => void;
}

const LONG_PRESS_MS = 350;
const STILL_PX = 10;

export class Gestures {
  readonly #deps: GesturesDeps;
  readonly #fingers = new Map<number, Finger>();

  /** @param top where the app's coordinates begin */
  constructor(root: HTMLElement, top: () => number, deps: GesturesDeps) {
    this.#deps = deps;
    const touch = (event: PointerEvent): Touch => {
      const [x, y] = [event.clientX, event.clientY - top()];
      return { identifier: event.pointerId, clientX: x, clientY: y, pageX: x, pageY: y };
    };
    root.addEventListener('pointerdown', (event) => {
      if (event.isPrimary && event.button === 0 && event.target instanceof Element) {
        this.#down(event.pointerId, event.target, touch(event));
      }
    });
    // The finger may leave the screen with the button down.
    window.addEventListener('pointermove', (event) => this.#move(event.pointerId, touch(event)));
    window.addEventListener('pointerup', (event) => this.#up(event.pointerId, touch(event)));
    window.addEventListener('pointercancel', (event) => this.#cancel(event.pointerId, touch(event)));
  }

  #down(id: number, target: Element, touch: Touch): void {
    const { after, listensTo } = this.#deps;
    const finger: Finger = {
      target,
      x: touch.clientX,
      y: touch.clientY,
      isStill: true,
      isLong: false,
      endHover: this.#hover(target),
      cancelHold: after(LONG_PRESS_MS, () => {
        finger.isLong = listensTo(target, 'longpress');
        this.#send(finger, 'longpress', touch);
      }),
    };
    this.#fingers.set(id, finger);
    this.#send(finger, 'touchstart', touch);
  }

  #move(id: number, touch: Touch): void {
    const finger = this.#fingers.get(id);
    if (!finger) return;
    if (Math.hypot(touch.clientX - finger.x, touch.clientY - finger.y) > STILL_PX) this.#unsettle(finger);
    this.#send(finger, 'touchmove', touch);
  }

  #up(id: number, touch: Touch): void {
    const finger = this.#fingers.get(id);
    if (!finger) return;
    this.#fingers.delete(id);
    const isTap = finger.isStill && !finger.isLong;
    this.#unsettle(finger);
    this.#send(finger, 'touchend', touch);
    if (isTap) this.#send(finger, 'tap', touch);
  }

  /** The browser took the finger for scrolling. */
  #cancel(id: number, touch: Touch): void {
    const finger = this.#fingers.get(id);
    if (!finger) return;
    this.#fingers.delete(id);
    this.#unsettle(finger);
    this.#send(finger, 'touchcancel', touch);
  }

  #unsettle(finger: Finger): void {
    finger.isStill = false;
    finger.cancelHold();
    finger.endHover();
  }

  #send(finger: Finger, name: string, touch: Touch): void {
    this.#deps.send(finger.target, name, { x: touch.clientX, y: touch.clientY }, touch);
  }

  #hover(target: Element): () => void {
    let element: Element | null = target;
    let hover = this.#deps.hoverOf(element);
    while (element && !hover?.className) {
      element = element.parentElement;
      hover = element ? this.#deps.hoverOf(element) : undefined;
    }
    if (!element || !hover) return () => undefined;
    const [held, { className, startMs, stayMs }] = [element, hover];
    const cancel = this.#deps.after(startMs, () => held.classList.add(className));
    return () => {
      cancel();
      this.#deps.after(stayMs, () => held.classList.remove(className));
    };
  }
}
