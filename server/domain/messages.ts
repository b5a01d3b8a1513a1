/** What people write into rooms and read from them: sending, recalling, editing, reacting, paging through history. */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { HistoryBody, HistoryReply, RequestBody, SendBody } from '../../miniprogram/protocol/frames.ts';
import { type Limits, REACTIONS } from '../../miniprogram/protocol/limits.ts';
import type { Seq, UserId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import {
  keepsOrder,
  mustBeOpenForWriting,
  mustEdit,
  mustNotBeMuted,
  mustReact,
  mustRecall,
  noSuchRoom,
} from './access.ts';
import { carriesFiles, type Files, noFile } from './files.ts';
import type { Log, Place, Placing } from './log.ts';
import type { Clock, Draft, LogStore, MemberRecord, RoomRecord } from './ports.ts';
import type { SlowMode } from './slow-mode.ts';

/** Somebody in a room of theirs, as dispatch found them. */
export interface Actor {
  user: UserId;
  room: RoomRecord;
  member: MemberRecord;
}

export interface Messages {
  send(actor: Actor, body: SendBody): Promise<Place>;
  recall(actor: Actor, body: RequestBody<'message.recall'>): Promise<Place>;
  edit(actor: Actor, body: RequestBody<'message.edit'>): Promise<Place>;
  react(actor: Actor, body: RequestBody<'message.react'>): Promise<Place>;
  history(actor: Actor, body: HistoryBody): Promise<HistoryReply>;
}

export interface MessagesDeps {
  log: Log;
  store: LogStore;
  clock: Clock;
  limits: Limits;
  slowMode: SlowMode;
  files: Pick<Files, 'attach'>;
  /** A recall has let go of files. */
  onLetGo: () => void;
}

export function createMessages(deps: MessagesDeps): Messages {
  const { log, store, clock, limits, slowMode, files, onLetGo } = deps;

  function send(actor: Actor, body: SendBody): Promise<Place> {
    const { user: from, room } = actor;
    return log.place({
      room: room.id,
      from,
      cid: body.cid,
      draw: () => drawSend(actor, body),
      refuse: (why) => (why === 'no-file' ? noFile('body.file') : noSuchRoom()),
    });
  }

  function drawSend(actor: Actor, body: SendBody): Draft | Promise<Draft> {
    const { room, member } = actor;
    mustBeOpenForWriting(room);
    mustNotBeMuted(member, clock.now());
    const isPlain = body.reply === undefined && !carriesFiles(body.kind);
    return isPlain ? drawTimed(actor, body) : drawChecked(actor, body);
  }

  /** What it refers to must be there. */
  async function drawChecked(actor: Actor, body: SendBody): Promise<Draft> {
    const { reply } = body;
    const { id } = actor.room;
    if (reply !== undefined && !(await store.entry(id, reply))) {
      throw new Refusal(ErrorCode.NOT_FOUND, `reply: there is no entry ${reply} in this room`);
    }
    const content = await files.attach(actor.user, id, body);
    return { ...drawTimed(actor, body), ...content, ...(reply !== undefined && { reply }) };
  }

  /** Slow mode is asked last: what is refused for another reason starts no wait. */
  function drawTimed({ user, room, member }: Actor, body: SendBody): Draft {
    if (room.slowSeconds > 0 && !keepsOrder(member.role)) slowMode.take(room, user, body.cid);
    const { kind, cid, mentions } = body;
    const draft: Draft = { ts: clock.now(), from: user, kind, body: body.body, cid };
    return mentions === undefined ? draft : { ...draft, mentions };
  }

  async function recall(actor: Actor, { cid, target }: RequestBody<'message.recall'>): Promise<Place> {
    const { user, room, member } = actor;
    let letsGo = false;
    const place = await log.place({
      room: room.id,
      from: user,
      cid,
      draw: async () => {
        const now = clock.now();
        mustBeOpenForWriting(room);
        const entry = await store.entry(room.id, target);
        mustRecall(entry, { user, role: member.role, now, withinSeconds: limits.recall });
        letsGo = entry !== null && carriesFiles(entry.kind);
        const change = { type: 'recall', target } as const;
        return { ts: now, from: user, kind: 'recall', body: {}, cid, target, change };
      },
      refuse: refuseChange(target),
    });
    if (letsGo) onLetGo();
    return place;
  }

  function edit(actor: Actor, { cid, target, text }: RequestBody<'message.edit'>): Promise<Place> {
    const { user, room, member } = actor;
    return log.place({
      room: room.id,
      from: user,
      cid,
      draw: async () => {
        mustBeOpenForWriting(room);
        mustNotBeMuted(member, clock.now());
        mustEdit(await store.entry(room.id, target), user);
        const change = { type: 'edit', target, text } as const;
        return { ts: clock.now(), from: user, kind: 'edit', body: { text }, cid, target, change };
      },
      refuse: refuseChange(target),
    });
  }

  function react(actor: Actor, body: RequestBody<'message.react'>): Promise<Place> {
    const { user, room, member } = actor;
    const { cid, target, emoji, on } = body;
    return log.place({
      room: room.id,
      from: user,
      cid,
      draw: async () => {
        mustBeOpenForWriting(room);
        mustNotBeMuted(member, clock.now());
        mustReact(await store.entry(room.id, target));
        const change = { type: 'react', target, emoji, on, limit: REACTIONS } as const;
        return { ts: clock.now(), from: user, kind: 'react', body: { emoji, on }, cid, target, change };
      },
      refuse: refuseChange(target),
    });
  }

  function history({ user }: Actor, body: HistoryBody): Promise<HistoryReply> {
    const { room, limit = limits.page, ...range } = body;
    return store.page(room, { ...range, limit: Math.min(limit, limits.page), viewer: user });
  }

  return { send, recall, edit, react, history };
}

function refuseChange(target: Seq): Placing['refuse'] {
  return (why) => {
    if (why === 'recalled')
      return new Refusal(ErrorCode.CONFLICT, `target: entry ${target} was recalled before`);
    if (why === 'unchanged')
      return new Refusal(ErrorCode.CONFLICT, 'on: your reaction is as you want it already');
    if (why === 'full') {
      return new Refusal(ErrorCode.TOO_LARGE, `emoji: an entry bears at most ${REACTIONS} different ones`);
    }
    return noSuchRoom();
  };
}
