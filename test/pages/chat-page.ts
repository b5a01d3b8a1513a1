/** The chat page on a stage of its own: mounted in the group 大厅, with ways to do what a person does. */
import assert from 'node:assert/strict';
import { DEFAULT_LIMITS } from '../../miniprogram/protocol/limits.ts';
import type { ChatView, Row } from '../../typings/app.d.ts';
import { chat, createPageApp, row, settleIn, type PageApp } from '../support/page-app.ts';
import { PageWx } from '../support/page-wx.ts';
import { mountPage, settle, type Rendered } from '../support/simulate.ts';

export interface ChatStage {
  app: PageApp;
  wx: PageWx;
  open(view?: ChatView): Promise<Rendered>;
  /** What the engine was asked by this method. */
  called(method: string): readonly unknown[][];
}

/** Signed in as 小明; to be made before every test. */
export function setStage(): ChatStage {
  const app = createPageApp();
  const wx = new PageWx();
  wx.install();
  settleIn(app);
  app.store.set('limits', DEFAULT_LIMITS);
  return {
    app,
    wx,
    async open(view = chat([row(1)])) {
      app.store.put('chats', 'hall', view);
      const page = mountPage('pages/chat/chat', { app, query: { room: 'hall' } });
      await settle();
      return page;
    },
    called: (method) => app.calls.filter(([name]) => name === method).map((call) => [...call]),
  };
}

export const list = (page: Rendered) => page.querySelector('.list');
export const writer = (page: Rendered) => page.querySelector('.writer');
export const bubbles = (page: Rendered) => list(page)?.querySelectorAll('.message') ?? [];
export const sheet = (page: Rendered) => page.querySelector('.sheet');
export const offered = (page: Rendered) =>
  sheet(page)
    ?.querySelectorAll('.action')
    .map(({ dom }) => dom.textContent)
    .slice(0, -1);

export async function tap(element: Rendered | undefined, event = 'tap') {
  assert.ok(element, `nothing to ${event}`);
  element.dispatchEvent(event);
  await settle();
}

export async function write(page: Rendered, value: string) {
  const detail = { value, cursor: value.length };
  writer(page)?.querySelector('.input')?.dispatchEvent('input', { detail });
  await settle();
}

export async function send(page: Rendered, text: string) {
  await write(page, text);
  await tap(writer(page)?.querySelector('.send'));
}

export async function hold(page: Rendered, index: number) {
  await tap(bubbles(page)[index]?.querySelector('.bubble'), 'longpress');
}

/** From the sheet of a message. */
export async function choose(page: Rendered, action: string) {
  const actions = sheet(page)?.querySelectorAll('.action');
  await tap(actions?.find(({ dom }) => dom.textContent === action));
}

export const mine = (seq: number, fields: Partial<Row> = {}) =>
  row(seq, { mine: true, from: 'u1', ts: Date.now(), ...fields });
