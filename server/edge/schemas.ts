/**
 * The shape of every request body, for the checks at the door. Tied to the types of protocol/frames.ts: where the
 * two part ways this file does not compile. Unknown fields are ignored, as protocol §4 says.
 */
import Type, { type Static, type TSchema } from 'typebox';
import type { Op, RequestBody } from '../../miniprogram/protocol/frames.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' });
const Cid = Type.String({ pattern: '^[A-Za-z0-9_-]{1,36}$' });
const Seq = Type.Integer({ minimum: 1, maximum: MAX });
const Limit = Type.Integer({ minimum: 1, maximum: MAX });
/** Counted in code points, as patterns see them; no control characters, and no half of a surrogate pair (Cs). */
const Name = Type.String({ pattern: '^[^\\p{Cc}\\p{Cs}]{1,64}$' });
const Words = (most: number) => Type.String({ pattern: `^[^\\u0000\\p{Cs}]{0,${most}}$` });
const Ids = (most: number) => Type.Array(Id, { minItems: 1, maxItems: most });

const InRoom = { room: Id, cid: Cid };
const option = <T extends TSchema>(schema: T) => Type.Optional(schema);

const manage = <A extends string, T extends Record<string, TSchema>>(action: A, more: T) =>
  Type.Object({ ...InRoom, action: Type.Literal(action), ...more });

/** By action, so that an error speaks of the action that was meant. */
export const MANAGE = {
  rename: manage('rename', { name: Name }),
  /** As many as a room may be made with. */
  invite: manage('invite', { users: Ids(1_000) }),
  remove: manage('remove', { user: Id }),
  role: manage('role', {
    user: Id,
    role: Type.Union([Type.Literal('owner'), Type.Literal('admin'), Type.Literal('member')]),
  }),
  /** At most ten years: more is removing. */
  mute: manage('mute', { user: Id, seconds: Type.Integer({ minimum: 1, maximum: 315_360_000 }) }),
  unmute: manage('unmute', { user: Id }),
  pin: manage('pin', { target: Seq }),
  unpin: manage('unpin', { target: Seq }),
  slow: manage('slow', { seconds: Type.Integer({ minimum: 0, maximum: 86_400 }) }),
  close: manage('close', {}),
};

const File = Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' });
const Size = Type.Integer({ minimum: 0, maximum: MAX });
const Length = Type.Integer({ minimum: 0, maximum: 100_000 });

const send = <K extends string, T extends TSchema>(kind: K, body: T) =>
  Type.Object({
    ...InRoom,
    kind: Type.Literal(kind),
    body,
    reply: option(Seq),
    mentions: option(Type.Union([Type.Literal('all'), Type.Array(Id, { maxItems: 50 })])),
  });

const Media = Type.Object({
  file: File,
  name: option(Words(200)),
  size: Size,
  ms: option(Size),
  w: option(Length),
  h: option(Length),
  poster: option(File),
});

/** By kind. How long a text may be is configured, and asked in content.ts. */
export const SEND = {
  text: send('text', Type.Object({ text: Type.String() })),
  image: send('image', Type.Object({ file: File, w: Length, h: Length, size: Size, thumb: option(File) })),
  voice: send('voice', Type.Object({ file: File, ms: Size, size: Size })),
  video: send('video', Media),
  file: send('file', Media),
  location: send(
    'location',
    Type.Object({
      lat: Type.Number({ minimum: -90, maximum: 90 }),
      lng: Type.Number({ minimum: -180, maximum: 180 }),
      name: option(Words(200)),
      address: option(Words(400)),
    }),
  ),
  card: send(
    'card',
    Type.Object({
      title: Words(200),
      path: option(Words(1_000)),
      appid: option(Words(64)),
      url: option(Words(2_000)),
      thumb: option(Words(2_000)),
    }),
  ),
  custom: send('custom', Type.Object({ type: Words(64), data: Type.Unknown() })),
};

const Target = { ...InRoom, target: Seq };

export const SCHEMAS = {
  'session.hello': Type.Object({
    version: Type.Integer(),
    token: Type.String(),
    device: option(
      Type.Object({ id: option(Words(64)), platform: option(Words(64)), app: option(Words(64)) }),
    ),
    epoch: option(Words(64)),
    cursors: option(
      Type.Record(Type.String(), Type.Integer({ minimum: -MAX, maximum: MAX }), { maxProperties: 2_000 }),
    ),
  }),
  'session.renew': Type.Object({ token: Type.String() }),
  'session.ping': Type.Object({}),
  'room.list': Type.Object({ scope: option(Type.Union([Type.Literal('mine'), Type.Literal('open')])) }),
  'room.create': Type.Object({
    kind: Type.Union([Type.Literal('group'), Type.Literal('live'), Type.Literal('support')]),
    cid: option(Cid),
    name: option(Name),
    members: option(Type.Array(Id, { maxItems: 1_000 })),
    open: option(Type.Boolean()),
  }),
  'room.open': Type.Object({ user: Id }),
  'room.join': Type.Object({ room: Id }),
  'room.leave': Type.Object({ room: Id }),
  'room.members': Type.Object({ room: Id, after: option(Id), limit: option(Limit) }),
  'room.manage': Type.Union([
    MANAGE.rename,
    MANAGE.invite,
    MANAGE.remove,
    MANAGE.role,
    MANAGE.mute,
    MANAGE.unmute,
    MANAGE.pin,
    MANAGE.unpin,
    MANAGE.slow,
    MANAGE.close,
  ]),
  'room.read': Type.Object({ room: Id, seq: Seq }),
  'room.typing': Type.Object({ room: Id }),
  'room.prefs': Type.Object({
    room: Id,
    muted: option(Type.Boolean()),
    pinned: option(Type.Boolean()),
    hidden: option(Type.Boolean()),
  }),
  'message.send': Type.Union([
    SEND.text,
    SEND.image,
    SEND.voice,
    SEND.video,
    SEND.file,
    SEND.location,
    SEND.card,
    SEND.custom,
  ]),
  'message.recall': Type.Object(Target),
  'message.edit': Type.Object({ ...Target, text: Type.String() }),
  'message.react': Type.Object({ ...Target, emoji: Words(32), on: Type.Boolean() }),
  'message.history': Type.Object({
    room: Id,
    before: option(Seq),
    after: option(Type.Integer({ minimum: 0, maximum: MAX })),
    around: option(Seq),
    limit: option(Limit),
  }),
  'message.search': Type.Object({
    query: Words(200),
    room: option(Id),
    before: option(Seq),
    next: option(Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' })),
    limit: option(Limit),
  }),
  'message.report': Type.Object({ room: Id, target: Seq, reason: Name, note: option(Words(500)) }),
  'file.get': Type.Object({ files: Ids(50), room: option(Id) }),
  'user.get': Type.Object({ users: Ids(100) }),
} satisfies Record<Op, TSchema>;

/** Every field required, so that a field which one side has and the other lacks is seen though it is optional. */
type Whole<T> = T extends readonly (infer Item)[]
  ? Whole<Item>[]
  : T extends object
    ? { [K in keyof T]-?: Whole<T[K]> }
    : T;
/** Whether what a schema lets through is what the type says, field by field. */
export type IsTied<S, T> = [S] extends [T]
  ? [Whole<S>, Whole<T>] extends [Whole<T>, Whole<S>]
    ? true
    : false
  : false;
type BodyOf<O extends Op> =
  RequestBody<O> extends Record<string, never> ? Record<never, never> : RequestBody<O>;
type Untied = { [O in Op]: IsTied<Static<(typeof SCHEMAS)[O]>, BodyOf<O>> extends true ? never : O }[Op];
/** Where a schema and its type part ways, its op stands here and the compiler stops. */
const untied: Record<Untied, never> = {};
void untied;
