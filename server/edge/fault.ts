/**
 * What is wrong with a value, by its schema: the first field that is not as it should be, and what would be allowed.
 * Asked only about values that failed the compiled check, which alone decides. It stops at the first fault, so that a
 * hostile frame costs no more to refuse than to read.
 */
import Type, { type TArray, type TObject, type TRecord, type TSchema, type TUnion } from 'typebox';

/** What JSON Schema may say beside a type; TypeBox's own types leave it out. */
interface Keywords {
  required?: string[];
  maxProperties?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
}
type Fault = string | null;

/** A client may make up longer names than an answer should repeat. */
const NAME_LENGTH = 80;

/** `field: what is allowed`, or null where nothing is wrong. `field` as in `body.text`, `mentions.3`. */
export function faultOf(schema: TSchema & Keywords, value: unknown, field = ''): Fault {
  if (Type.IsObject(schema)) return ofObject(schema, value, field);
  if (Type.IsRecord(schema)) return ofRecord(schema, value, field);
  if (Type.IsArray(schema)) return ofList(schema, value, field);
  if (Type.IsUnion(schema)) return ofForms(schema, value, field);
  if (Type.IsLiteral(schema))
    return value === schema.const ? null : must(field, JSON.stringify(schema.const));
  if (Type.IsBoolean(schema)) return typeof value === 'boolean' ? null : must(field, 'true or false');
  if (Type.IsInteger(schema))
    return Number.isInteger(value) ? ofNumber(schema, value, field) : noNumber(schema, field);
  if (Type.IsNumber(schema)) return ofNumber(schema, value, field);
  if (Type.IsString(schema)) return ofString(schema, value, field);
  return null;
}

function ofObject(schema: TObject & Keywords, value: unknown, field: string): Fault {
  if (!isRecord(value)) return must(field, 'an object');
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${within(field, missing)}: is required`;
  const given = Object.entries(schema.properties).filter(([name]) => Object.hasOwn(value, name));
  return firstOf(given, ([name, inner]) => faultOf(inner, value[name], within(field, name)));
}

function ofRecord(schema: TRecord & Keywords, value: unknown, field: string): Fault {
  if (!isRecord(value)) return must(field, 'an object');
  const entries = Object.entries(value);
  const { maxProperties: most = Infinity } = schema;
  if (entries.length > most) return must(field, `an object of at most ${most} fields`);
  const ofValue = Type.RecordValue(schema);
  return firstOf(entries, ([name, inner]) => faultOf(ofValue, inner, within(field, name)));
}

function ofList(
  { items, minItems = 0, maxItems = Infinity }: TArray & Keywords,
  value: unknown,
  field: string,
): Fault {
  const isFitting = Array.isArray(value) && value.length >= minItems && value.length <= maxItems;
  if (!isFitting) return must(field, `a list of ${minItems} to ${maxItems}`);
  return firstOf(value.entries(), ([i, inner]) => faultOf(items, inner, within(field, String(i))));
}

/** Where a list is one of the forms, a list was meant to be that. */
function ofForms({ anyOf: forms }: TUnion, value: unknown, field: string): Fault {
  const list = Array.isArray(value) ? forms.find(Type.IsArray) : undefined;
  if (list) return ofList(list, value, field);
  if (forms.some((form) => faultOf(form, value) === null)) return null;
  const names = forms.map((form) => (Type.IsLiteral(form) ? JSON.stringify(form.const) : 'a list'));
  return must(field, names.join(' or '));
}

function ofNumber(schema: TSchema & Keywords, value: unknown, field: string): Fault {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const isFitting = typeof value === 'number' && value >= minimum && value <= maximum;
  return isFitting ? null : noNumber(schema, field);
}

function noNumber(schema: TSchema & Keywords, field: string): string {
  const kind = Type.IsInteger(schema) ? 'an integer' : 'a number';
  const { minimum, maximum } = schema;
  return must(field, minimum === undefined ? kind : `${kind} from ${minimum} to ${maximum}`);
}

function ofString({ pattern }: TSchema & Keywords, value: unknown, field: string): Fault {
  if (typeof value !== 'string') return must(field, 'a string');
  if (pattern === undefined || new RegExp(pattern, 'u').test(value)) return null;
  return must(field, `a string that matches ${pattern}`);
}

function firstOf<T>(items: Iterable<T>, faultOfItem: (item: T) => Fault): Fault {
  for (const item of items) {
    const fault = faultOfItem(item);
    if (fault !== null) return fault;
  }
  return null;
}

const must = (field: string, be: string): string => `${field === '' ? 'body' : field}: must be ${be}`;
const within = (field: string, name: string): string =>
  `${field === '' ? '' : `${field}.`}${name.slice(0, NAME_LENGTH)}`;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
