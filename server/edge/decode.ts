/**
 * From the text of a frame to a typed request. A frame that is no request at all ends the socket; one that can be
 * answered but not understood is answered, with the field, what is wrong with it and what is allowed. Nothing behind
 * this file ever sees a body that was not checked.
 */
import type { TSchema } from 'typebox';
import { CloseCode, ErrorCode } from '../../miniprogram/protocol/errors.ts';
import type { Op, RequestBody, SendBody } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { Incoming } from '../commands/dispatch.ts';
import { Hangup, Refusal } from '../outcome.ts';
import { checkContent, checkEdit, checkEmoji } from './content.ts';
import { MANAGE, SCHEMAS, SEND } from './schemas.ts';
import { Shape } from './shape.ts';

export type Decoded = { ok: true; request: Incoming } | { ok: false; id: number; refusal: Refusal };

const shapesOf = (schemas: Record<string, TSchema>): Map<string, Shape> =>
  new Map(Object.entries(schemas).map(([name, schema]) => [name, new Shape(schema)]));

const BY_OP = shapesOf(SCHEMAS);
/** Ops whose body has variants: the field that tells them apart, and the shape of each. */
const VARIANTS = new Map<string, { field: string; shapes: Map<string, Shape> }>([
  ['room.manage', { field: 'action', shapes: shapesOf(MANAGE) }],
  ['message.send', { field: 'kind', shapes: shapesOf(SEND) }],
]);
const MAX_ID = 2 ** 31 - 1;

/**
 * @throws Hangup 4400 for what is not a frame
 * @throws Refusal only within the result
 */
export function decode(text: string, limits: Limits): Decoded {
  const frame = parse(text);
  const { op } = frame;
  if (typeof op !== 'string') throw new Hangup(CloseCode.NOT_A_FRAME, 'op: must be a string');
  // The only op without a reply; an id that it bears all the same means nothing.
  const id = op === 'room.typing' ? 0 : idOf(frame.id);
  try {
    const given = frame.body ?? {};
    // A token that is missing is one that is not good: 4401, and not a frame that is not good.
    if (op === 'session.hello' && isObject(given) && typeof given.token !== 'string') given.token = '';
    const body = shapeOf(op, given).take(given) as object;
    if (op === 'message.send') checkContent(body as SendBody, limits);
    if (op === 'message.edit') checkEdit(body as RequestBody<'message.edit'>, limits);
    if (op === 'message.react') checkEmoji((body as RequestBody<'message.react'>).emoji);
    if (op === 'message.history') checkRange(body, ['before', 'after', 'around']);
    if (op === 'message.search') checkSearch(body as RequestBody<'message.search'>);
    return { ok: true, request: { id, op: op as Op, body } as Incoming };
  } catch (reason) {
    if (reason instanceof Refusal) return { ok: false, id, refusal: reason };
    throw reason;
  }
}

/** The body of a message that comes another way than in a frame. @throws Refusal BAD_REQUEST, TOO_LARGE */
export function takeSend(given: unknown, limits: Limits): SendBody {
  const body = shapeOf('message.send', isObject(given) ? given : {}).take(given) as SendBody;
  checkContent(body, limits);
  return body;
}

function parse(text: string): Record<string, unknown> {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    throw new Hangup(CloseCode.NOT_A_FRAME, 'a frame must be JSON');
  }
  if (!isObject(frame)) throw new Hangup(CloseCode.NOT_A_FRAME, 'a frame must be a JSON object');
  return frame;
}

function idOf(given: unknown): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= 1 && given <= MAX_ID) return given;
  throw new Hangup(CloseCode.NOT_A_FRAME, `id: must be an integer from 1 to ${MAX_ID}`);
}

function shapeOf(op: string, body: unknown): Shape {
  const variants = VARIANTS.get(op);
  const shape = variants && isObject(body) ? variantOf(variants, body) : BY_OP.get(op);
  if (shape) return shape;
  throw new Refusal(ErrorCode.BAD_REQUEST, 'op: is not one of this protocol');
}

function variantOf(
  { field, shapes }: { field: string; shapes: Map<string, Shape> },
  body: Record<string, unknown>,
): Shape {
  const name = body[field];
  const shape = typeof name === 'string' ? shapes.get(name) : undefined;
  if (shape) return shape;
  const allowed = [...shapes.keys()].join(', ');
  throw new Refusal(ErrorCode.BAD_REQUEST, `${field}: must be one of ${allowed}`);
}

function checkSearch(body: RequestBody<'message.search'>): void {
  if (body.query.trim() === '') throw new Refusal(ErrorCode.BAD_REQUEST, 'query: must not be empty');
  if (body.before !== undefined && body.room === undefined) {
    throw new Refusal(ErrorCode.BAD_REQUEST, 'before: goes with a room only; page with next');
  }
  checkRange(body, ['before', 'next']);
}

function checkRange(body: object, fields: readonly string[]): void {
  const named = fields.filter((field) => field in body);
  if (named.length > 1)
    throw new Refusal(ErrorCode.BAD_REQUEST, `${named.join(', ')}: at most one of them may be given`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
