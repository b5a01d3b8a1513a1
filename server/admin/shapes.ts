/** The fields that admin calls share, each in one place. */
import Type, { type TSchema } from 'typebox';

const MAX = Number.MAX_SAFE_INTEGER;
export const option = <T extends TSchema>(schema: T) => Type.Optional(schema);
export const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' });
export const Seq = Type.Integer({ minimum: 1, maximum: MAX });
export const Words = (most: number) => Type.String({ pattern: `^[^\\u0000\\p{Cs}]{0,${most}}$` });
/** As in edge/schemas.ts: what a room may be called. */
export const Name = Type.String({ pattern: '^[^\\p{Cc}\\p{Cs}]{1,64}$' });
export const Limit = Type.Integer({ minimum: 1, maximum: 500 });
export const Seconds = Type.Integer({ minimum: 1, maximum: 3_153_600_000 });
export const Timestamp = Type.Integer({ minimum: 0, maximum: MAX });
export const Ids = Type.Array(Id, { minItems: 1, maxItems: 100 });
/** A page by name: exactly, by a part, or all. */
export const BY_NAME = {
  name: option(Words(200)),
  part: option(Words(200)),
  after: option(Id),
  limit: option(Limit),
};
export const PAGE = 100;
