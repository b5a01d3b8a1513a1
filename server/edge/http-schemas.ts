/**
 * The bodies that HTTP calls take (docs/protocol.md §5), checked before anything else sees them: compiled once, fields
 * that nobody asked for ignored, and a refusal that names the field, what is wrong with it and what is allowed, but
 * never repeats what was sent.
 */
import { Type } from 'typebox';
import type { Static, TObject } from 'typebox';
import { Compile } from 'typebox/compile';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { Refusal } from '../outcome.ts';

/** A string that may be absent. Its rules may be stricter further on; `allowed` says all of them. */
function text(longest: number, allowed: string) {
  return Type.Optional(Type.String({ maxLength: longest, allowed }));
}

export const checkLogin = checker(
  Type.Object({
    code: Type.Optional(
      Type.String({ pattern: '^[\\x21-\\x7e]{1,512}$', allowed: 'the code that wx.login gave' }),
    ),
    dev: text(256, 'a name of 1–32 characters'),
  }),
);

export const checkRefresh = checker(
  Type.Object({ refresh: Type.String({ maxLength: 1_024, allowed: 'the refresh token of a login' }) }),
);

export const checkAccepted = checker(
  Type.Object({
    accepted: Type.Array(Type.String({ maxLength: 64 }), {
      maxItems: 10,
      allowed: 'the ids of at most 10 templates',
    }),
  }),
);

export const checkProfile = checker(
  Type.Object({
    name: text(256, '1–32 visible characters on one line'),
    avatar: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{0,32}$',
        allowed: 'the id of a picture that you uploaded, or "" for none',
      }),
    ),
  }),
);

export function bad(wrong: string, allowed: string): Refusal {
  return new Refusal(ErrorCode.BAD_REQUEST, `${wrong}; allowed: ${allowed}.`);
}

/** @throws Refusal BAD_REQUEST, by what is returned */
function checker<T extends TObject>(schema: T): (body: unknown) => Static<T> {
  const validator = Compile(schema);
  const allowedFor = (field: string): string =>
    String(Reflect.get(schema.properties[field] ?? {}, 'allowed'));
  return (body) => {
    if (validator.Check(body)) return body;
    const [first] = validator.Errors(body);
    if (first?.keyword === 'required') {
      const [field = ''] = first.params.requiredProperties;
      throw bad(`${field} is missing`, allowedFor(field));
    }
    const field = first?.instancePath.split('/')[1];
    if (first === undefined || field === undefined) throw bad('the body is not an object', 'a JSON object');
    throw bad(`${field} ${first.message}`, allowedFor(field));
  };
}
