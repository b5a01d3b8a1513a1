/**
 * The tie between the server's schemas and the types of the protocol is a matter of the compiler: what is written here
 * as true or false, it checks. That schemas.ts itself compiles says that every op is tied.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MANAGE, SCHEMAS, SEND, type IsTied } from '../../server/edge/schemas.ts';

interface Asked {
  room: string;
  limit?: number;
  device?: { id: string; app?: string };
}

test('a schema is tied to its type where they agree in every field, at any depth', () => {
  const ties: [
    IsTied<{ room: string; limit?: number; device?: { id: string; app?: string } }, Asked>,
    IsTied<{ kind: 'a' } | { kind: 'b'; n: number }, { kind: 'a' } | { kind: 'b'; n: number }>,
    IsTied<{ data: unknown }, { data: unknown }>,
  ] = [true, true, true];
  const breaks: {
    another_type: IsTied<{ room: number; limit?: number; device?: { id: string; app?: string } }, Asked>;
    optional_here_required_there: IsTied<
      { room?: string; limit?: number; device?: { id: string; app?: string } },
      Asked
    >;
    optional_field_unknown_here: IsTied<{ room: string; device?: { id: string; app?: string } }, Asked>;
    optional_field_unknown_there: IsTied<Asked & { more?: number }, Asked>;
    deep_field_unknown_here: IsTied<{ room: string; limit?: number; device?: { id: string } }, Asked>;
    fewer_variants: IsTied<{ kind: 'a' }, { kind: 'a' } | { kind: 'b' }>;
    more_variants: IsTied<{ kind: 'a' | 'b' }, { kind: 'a' }>;
  } = {
    another_type: false,
    optional_here_required_there: false,
    optional_field_unknown_here: false,
    optional_field_unknown_there: false,
    deep_field_unknown_here: false,
    fewer_variants: false,
    more_variants: false,
  };
  assert.ok(ties.every((tied) => tied));
  assert.ok(Object.values(breaks).every((tied) => !tied));
});

test('the variants by which errors are told are those of the whole', () => {
  const variantsOf = (schema: { anyOf: unknown[] }) => schema.anyOf;
  assert.deepEqual(variantsOf(SCHEMAS['room.manage']), Object.values(MANAGE));
  assert.deepEqual(variantsOf(SCHEMAS['message.send']), Object.values(SEND));
});
