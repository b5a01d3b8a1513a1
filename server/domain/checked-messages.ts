/**
 * Messages with the content check around them: what is sent or edited is admitted first and told of when it is stored.
 * What one person sends to one room keeps its order though verdicts come in any; a message that was stored before is
 * never refused for what the check says today.
 */
import type { RequestBody, SendBody } from '../../miniprogram/protocol/frames.ts';
import type { RoomId } from '../../miniprogram/protocol/objects.ts';
import { Refusal } from '../outcome.ts';
import type { Admitted, ContentCheck, Said } from './content-check.ts';
import type { Place } from './log.ts';
import type { Actor, Messages } from './messages.ts';
import type { Clock, LogStore } from './ports.ts';
import type { Utterance } from './utterance.ts';

export interface CheckedMessagesDeps {
  messages: Messages;
  check: ContentCheck;
  store: Pick<LogStore, 'find'>;
  clock: Pick<Clock, 'now'>;
}

export function createCheckedMessages({ messages, check, store, clock }: CheckedMessagesDeps): Messages {
  /** `room user` → the last admission under way, which the next one waits for. */
  const turns = new Map<string, Promise<unknown>>();

  async function send(actor: Actor, body: SendBody): Promise<Place> {
    const said = {
      ...saidBy(actor, body.cid, { kind: body.kind, body: body.body } as Utterance),
      ...(body.mentions !== undefined && { mentions: body.mentions }),
    };
    return through(actor, said, async (admitted) => {
      const place = await messages.send(actor, { ...body, ...admitted.utterance });
      if (!place.repeated) check.stored(said, admitted, place);
      return place;
    });
  }

  async function edit(actor: Actor, body: RequestBody<'message.edit'>): Promise<Place> {
    const said = saidBy(actor, body.cid, { kind: 'text', body: { text: body.text } });
    return through(actor, said, async (admitted) => {
      const { utterance } = admitted;
      const text = utterance.kind === 'text' ? utterance.body.text : body.text;
      const place = await messages.edit(actor, { ...body, text });
      if (!place.repeated) check.stored(said, admitted, { seq: place.seq, target: body.target });
      return place;
    });
  }

  async function through(
    actor: Actor,
    said: Said,
    write: (admitted: Admitted) => Promise<Place>,
  ): Promise<Place> {
    // The rules will refuse it anyway, and nobody need judge it.
    if (!mayWrite(actor, clock.now()))
      return write({ utterance: said.utterance, review: null, judged: true });
    let admitted: Admitted;
    try {
      admitted = await inTurn(said, check.admit(said));
    } catch (reason) {
      const before = reason instanceof Refusal ? await store.find(said.room, said.user, said.cid) : null;
      if (before) return { ...before, repeated: true };
      throw reason;
    }
    return write(admitted);
  }

  /** All admissions begin at once; each is given back after those before it. */
  function inTurn(said: Said, admission: Admitted | Promise<Admitted>): Admitted | Promise<Admitted> {
    const key = turnOf(said);
    const before = turns.get(key);
    if (!before && !(admission instanceof Promise)) return admission;
    const turn = before ? Promise.allSettled([before, admission]).then(() => admission) : admission;
    const settled = Promise.allSettled([turn]).finally(() => {
      if (turns.get(key) === settled) turns.delete(key);
    });
    turns.set(key, settled);
    return turn;
  }

  return { ...messages, send, edit };
}

const turnOf = ({ room, user }: { room: RoomId; user: string }): string => `${room} ${user}`;

function saidBy({ user, room }: Actor, cid: string, utterance: Utterance): Said {
  const peer = room.pair?.find((one) => one !== user);
  return { user, room: room.id, cid, utterance, isOpen: room.open, ...(peer !== undefined && { peer }) };
}

function mayWrite({ room, member }: Actor, now: number): boolean {
  return !room.closed && (member.mutedUntil === null || member.mutedUntil <= now);
}
