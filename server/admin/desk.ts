/** `/admin/v1/reports…`, `/words…`, `/audit`: what lies on a moderator's desk. */
import Type from 'typebox';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { type Order, recordOf } from '../domain/order.ts';
import type { Bus, Clock, Store, WordAction } from '../domain/ports.ts';
import type { Reports } from '../domain/reports.ts';
import { MODERATION } from '../domain/subjects.ts';
import type { Route } from '../edge/http.ts';
import { Refusal } from '../outcome.ts';
import { type Gate, ORDER } from './gate.ts';
import { namesIn, namesOf } from './names.ts';
import { Id, Limit, option, PAGE, Seconds, Timestamp, Words } from './shapes.ts';

export interface DeskDeps {
  gate: Gate;
  store: Store;
  reports: Reports;
  words: WordCheck;
  bus: Pick<Bus, 'publish'>;
  clock: Pick<Clock, 'now'>;
}

/** The word list at work. */
export interface WordCheck {
  find(text: string): { word: string; action: WordAction; start: number; end: number }[];
  screen(text: string): { action: string; text: string };
  /** Whether anything is left of the word when it is compared. */
  isComparable(word: string): boolean;
  refresh(): Promise<void>;
}

const Action = Type.Union([Type.Literal('block'), Type.Literal('mask'), Type.Literal('flag')]);
const Resolution = Type.Union([
  Type.Literal('none'),
  Type.Literal('recall'),
  Type.Literal('mute'),
  Type.Literal('ban'),
]);
const WordsList = Type.Array(Words(100), { minItems: 1, maxItems: 500 });
export function deskRoutes({ gate, store, reports, words, bus, clock }: DeskDeps): Route[] {
  async function changed(): Promise<void> {
    bus.publish(MODERATION, { type: 'words' });
    await words.refresh();
  }

  async function add(order: Order, asked: string[], action: WordAction): Promise<object> {
    const wanted = [...new Set(asked.map((word) => word.trim()))];
    const empty = wanted.find((word) => !words.isComparable(word));
    if (empty !== undefined) {
      throw new Refusal(ErrorCode.BAD_REQUEST, `words: ${JSON.stringify(empty)} has no letter and no digit`);
    }
    const known = new Map((await store.words()).rules.map((rule) => [rule.word, rule.action]));
    const before = Object.fromEntries(wanted.map((word) => [word, known.get(word) ?? null]));
    const after = Object.fromEntries(wanted.map((word) => [word, action]));
    const what = { act: 'words.add', target: wanted.join(' ').slice(0, 200), room: '', before, after };
    if (!order.dryRun) {
      const rules = wanted.map((word) => ({ word, action, by: order.actor, ts: clock.now() }));
      await store.addWords(rules, recordOf(order, clock, what));
      await changed();
    }
    return { acts: [{ ...what, done: !order.dryRun }] };
  }

  async function remove(order: Order, asked: string[]): Promise<object> {
    const wanted = [...new Set(asked.map((word) => word.trim()))];
    const known = new Map((await store.words()).rules.map((rule) => [rule.word, rule.action]));
    const unknown = wanted.find((word) => !known.has(word));
    if (unknown !== undefined) {
      throw new Refusal(ErrorCode.NOT_FOUND, `words: ${JSON.stringify(unknown)} is not on the list`);
    }
    const before = Object.fromEntries(wanted.map((word) => [word, known.get(word)]));
    const what = {
      act: 'words.remove',
      target: wanted.join(' ').slice(0, 200),
      room: '',
      before,
      after: null,
    };
    if (!order.dryRun) {
      await store.removeWords(wanted, recordOf(order, clock, what));
      await changed();
    }
    return { acts: [{ ...what, done: !order.dryRun }] };
  }

  return [
    gate.get('/reports', {
      role: 'moderator',
      shape: Type.Object({ open: option(Type.Boolean()), before: option(Id), limit: option(Limit) }),
      run: async ({ open = false, limit = PAGE, ...page }) => {
        const { reports: found, more } = await store.reports({ open, limit, ...page });
        const people = await namesOf(
          store,
          found.flatMap(({ reporter, against }) => [reporter, against]),
        );
        return {
          reports: found.map(({ context, ...report }) => ({
            ...report,
            message: context.find(({ seq }) => seq === report.target) ?? null,
          })),
          people,
          more,
        };
      },
    }),
    gate.get('/reports/:report', {
      role: 'moderator',
      shape: Type.Object({}),
      run: async (_, { params, looked }) => {
        const report = await store.report(params.report ?? '');
        if (!report) throw new Refusal(ErrorCode.NOT_FOUND, `report: there is no report ${params.report}`);
        await looked('report.show', { target: report.id, room: report.room });
        const [people, others, room, now] = await Promise.all([
          namesIn(store, report.context),
          namesOf(store, [report.reporter, report.against]),
          store.room(report.room),
          store.entry(report.room, report.target),
        ]);
        return {
          report,
          roomName: room?.name ?? '',
          recalledSince: now?.recalled === true,
          people: { ...people, ...others },
        };
      },
    }),
    gate.post('/reports/:report/resolve', {
      role: 'moderator',
      shape: Type.Object({ ...ORDER, action: Resolution, seconds: option(Seconds) }),
      run: async ({ action, seconds, ...order }, call) => {
        const by = {
          action,
          ...(seconds !== undefined && { until: clock.now() + seconds * 1_000 }),
        };
        const given = action === 'none' ? call.order(order) : call.order(order, 'reason');
        return { acts: await reports.resolve(given, call.params.report ?? '', by) };
      },
    }),

    gate.get('/words', {
      role: 'moderator',
      shape: Type.Object({}),
      run: async () => ({ words: (await store.words()).rules }),
    }),
    gate.post('/words/add', {
      role: 'moderator',
      shape: Type.Object({ ...ORDER, words: WordsList, action: Action }),
      run: ({ words: asked, action, ...order }, call) => add(call.order(order), asked, action),
    }),
    gate.post('/words/remove', {
      role: 'moderator',
      shape: Type.Object({ ...ORDER, words: WordsList }),
      run: ({ words: asked, ...order }, call) => remove(call.order(order), asked),
    }),
    gate.post('/words/test', {
      role: 'moderator',
      isLook: true,
      shape: Type.Object({ text: Words(5_000) }),
      run: ({ text }) => Promise.resolve({ ...words.screen(text), matches: words.find(text) }),
    }),

    gate.get('/audit', {
      role: 'moderator',
      shape: Type.Object({
        actor: option(Words(64)),
        target: option(Words(200)),
        since: option(Timestamp),
        after: option(Words(64)),
        before: option(Words(64)),
        looks: option(Type.Boolean()),
        limit: option(Limit),
      }),
      run: async ({ looks = false, limit = PAGE, ...query }) => {
        const page = await store.audits({ ...query, limit, ...(looks ? {} : { without: gate.looks() }) });
        const people = await namesOf(
          store,
          page.records.flatMap(({ actor, target }) => [actor, target]),
        );
        return { ...page, people };
      },
    }),
  ];
}
