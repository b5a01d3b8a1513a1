/**
 * What `getApp()` gives to pages in a test: the real store, and an engine that writes down what it is asked and
 * does nothing else. Also a small world to put into the tree: people, a group, a direct room, rows.
 */
import { EMPTY_STATE } from '../../miniprogram/store/state.ts';
import { createStore, type Store } from '../../miniprogram/store/store.ts';
import type { ChahuaApp, ChatEngine, ChatView, RoomView, Row, State } from '../../typings/app.d.ts';

type Method = keyof ChatEngine | keyof ChahuaApp['finder'];

export type EngineCall = readonly [method: Method, ...args: unknown[]];

export interface PageApp {
  store: Store;
  engine: ChatEngine;
  finder: ChahuaApp['finder'];
  notices: ChahuaApp['notices'];
  /** What the person was asked to be told of. */
  asked: string[];
  version: string;
  /** What was asked of either, but for looking at pictures. */
  calls: EngineCall[];
  /** What the engine's promises come to; undefined where nothing is said. */
  answers: Partial<Record<Method, (...args: unknown[]) => unknown>>;
}

export function createPageApp(): PageApp {
  const calls: EngineCall[] = [];
  const answers: PageApp['answers'] = {};
  const asked: string[] = [];
  const spy = <T extends object>() =>
    new Proxy({} as T, {
      get:
        (_, method: Method) =>
        (...args: unknown[]) => {
          if (method !== 'look') calls.push([method, ...args]);
          return answers[method]?.(...args) ?? Promise.resolve();
        },
    });
  return {
    store: createStore(queueMicrotask),
    engine: spy<ChatEngine>(),
    finder: spy<ChahuaApp['finder']>(),
    notices: { ask: (kind) => Promise.resolve(void asked.push(kind)) },
    asked,
    version: '1.2.3',
    calls,
    answers,
  };
}

/** A rejection as the engine's: with a protocol error code. */
export function refusal(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), { code }));
}

export const xiaoming = { id: 'u1', name: '小明' };
export const xiaohong = { id: 'u2', name: '小红' };
export const lao = { id: 'u3', name: '老王' };

/** Signed in as 小明, connected, in a group and in a direct room with 小红. */
export function settleIn({ store }: PageApp): void {
  store.set('session', { name: 'signed-in', user: xiaoming });
  store.set('link', { name: 'live' });
  for (const person of [xiaoming, xiaohong, lao]) store.put('people', person.id, person);
  store.put('rooms', 'hall', room({ id: 'hall', name: '大厅', members: 23 }));
  store.put('rooms', 'red', room({ id: 'red', kind: 'direct', name: '小红', members: 2, peer: xiaohong }));
  store.set('order', ['hall', 'red']);
}

export function room(fields: Partial<RoomView> & { id: string }): RoomView {
  return {
    kind: 'group',
    name: fields.id,
    head: 0,
    role: 'member',
    read: 0,
    unread: 0,
    members: 3,
    activity: 0,
    typing: [],
    waiting: 0,
    ...fields,
  };
}

/** A text of 小红's, sent. */
export function row(seq: number, fields: Partial<Row> = {}): Row {
  return {
    key: `s${seq}`,
    seq,
    from: xiaohong.id,
    mine: false,
    kind: 'text',
    body: { text: `第${seq}条` },
    ts: Date.UTC(2026, 10, 24, 6, 0) + seq * 1000,
    state: 'sent',
    ...fields,
  };
}

/** One of one's own that has no seq yet. */
export function unsent(cid: string, state: 'sending' | 'failed', fields: Partial<Row> = {}): Row {
  const { seq: _, ...rest } = row(1000);
  return {
    ...rest,
    key: `c${cid}`,
    cid,
    from: xiaoming.id,
    mine: true,
    body: { text: cid },
    state,
    ...fields,
  };
}

export function chat(rows: Row[], fields: Partial<ChatView> = {}): ChatView {
  return {
    rows,
    older: 'none',
    newer: 'none',
    enteredAt: rows.length > 0 ? (rows.at(-1)?.seq ?? 0) : 0,
    ...fields,
  };
}

/** The tree around one chat, the group 大厅: signed in as 小明, connected. */
export function chatWorld(
  fields: { chat?: ChatView; room?: Partial<RoomView>; state?: Partial<State> } = {},
): State {
  return {
    ...EMPTY_STATE,
    session: { name: 'signed-in', user: xiaoming },
    link: { name: 'live' },
    people: { u1: xiaoming, u2: xiaohong, u3: lao },
    rooms: { hall: room({ id: 'hall', name: '大厅', members: 23, ...fields.room }) },
    chats: fields.chat ? { hall: fields.chat } : {},
    ...fields.state,
  };
}
