/** What a command's handler is given, and what a row of the table says of a command. */
import type { Op, ReplyBody, RequestBody } from '../../miniprogram/protocol/frames.ts';
import type { User } from '../../miniprogram/protocol/objects.ts';
import type { Actor } from '../domain/messages.ts';
import type { Session } from '../session/session.ts';

export interface Call<O extends Op> {
  session: Session;
  body: RequestBody<O>;
  user: User;
  /** Runs after the reply was sent. */
  afterReply: (job: () => void) => void;
}

/** The asker is a member of the room that the body names. */
export interface RoomCall<O extends Op> extends Call<O> {
  actor: Actor;
}

/** What a request is charged, once its asker is known: one of the user's reads, sends, searches or reports. */
export type Cost = 'read' | 'send' | 'search' | 'report';

export type Row<O extends Op> =
  /** Allowed before, and instead of, being known: the hello, and what keeps a session alive. */
  | { access: 'anyone'; cost: Cost; run: (call: Omit<Call<O>, 'user'>) => Promise<ReplyBody<O>> }
  | { access: 'user'; cost: Cost; run: (call: Call<O>) => Promise<ReplyBody<O>> }
  /** `reader`: a member as the store knows them now. What a node remembers may lag behind another node's removal. */
  | { access: 'member' | 'reader'; cost: Cost; run: (call: RoomCall<O>) => Promise<ReplyBody<O>> };

export type Table = { [O in Op]: Row<O> };
