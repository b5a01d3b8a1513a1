/**
 * A schema at work: says what is wrong with a value, naming the field and what is allowed, and takes from a good one
 * what the schema names. What it does not name is ignored by not being there: nothing behind the edge meets it.
 */
import Type, { type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { Refusal } from '../outcome.ts';
import { faultOf } from './fault.ts';

/** Of a value that was checked: the part that is known. */
type Keep = (value: unknown) => unknown;

export class Shape {
  readonly #schema: TSchema;
  readonly #validator: Validator;
  readonly #keep: Keep;

  constructor(schema: TSchema) {
    this.#schema = schema;
    this.#validator = Compile(schema);
    this.#keep = keepOf(schema);
  }

  /** @throws Refusal BAD_REQUEST */
  take(value: unknown): unknown {
    if (this.#validator.Check(value)) return this.#keep(value);
    const fault = faultOf(this.#schema, value) ?? 'body: is not as it should be';
    throw new Refusal(ErrorCode.BAD_REQUEST, fault);
  }
}

function keepOf(schema: TSchema): Keep {
  if (!Type.IsObject(schema)) return (value) => value;
  const fields = Object.entries(schema.properties).map(([name, inner]) => ({ name, keep: keepOf(inner) }));
  return (value) => {
    const given = value as Record<string, unknown>;
    const kept: Record<string, unknown> = {};
    for (const { name, keep } of fields) if (Object.hasOwn(given, name)) kept[name] = keep(given[name]);
    return kept;
  };
}
