/**
 * The wire contract does not change by accident. Whoever changes a frame meets a failing test, decides whether clients
 * of today still understand the server (a field or an op that is new: yes; one that is gone, renamed, narrower or
 * required: no, and PROTOCOL_VERSION goes up), writes it into docs/protocol.md, and puts the new hash here.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PROTOCOL_VERSION } from '../../miniprogram/protocol/version.ts';
import { MANAGE, SCHEMAS, SEND } from '../../server/edge/schemas.ts';

/** For each version the hashes of what its server lets in, and of the types of all that travels. */
const HASHES: Record<number, { schemas: string; types: string }> = {
  1: { schemas: '536afaf3a4404660', types: '2200ad335af6b607' },
};

const hashOf = (what: object): string =>
  createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The source without its comments and layout. */
const bare = (source: string): string => source.replace(/\/\*[^]*?\*\/|\/\/.*/g, '').replace(/\s+/g, ' ');

test('the frames are those that this version of the protocol was decided for', () => {
  const types = ['frames.ts', 'objects.ts'].map((file) => bare(read(`miniprogram/protocol/${file}`)));
  assert.deepEqual(
    { schemas: hashOf({ SCHEMAS, MANAGE, SEND }), types: hashOf(types) },
    HASHES[PROTOCOL_VERSION],
  );
});

test('a comment or a line end changes no hash, a field does', () => {
  const source = 'interface A {\n  /** One. */\n  b: string; // two\n}';
  assert.equal(bare(source), bare('interface A { b: string; }'));
  assert.notEqual(bare(source), bare('interface A { b?: string; }'));
});

test('a field more, a limit less or another name changes the hash', () => {
  const { 'room.read': seen, ...others } = SCHEMAS;
  const changes = [
    { ...others },
    { ...others, 'room.seen': seen },
    { ...others, 'room.read': { ...seen, required: [] } },
    { ...others, 'room.read': { ...seen, properties: { ...seen.properties, extra: {} } } },
  ];
  const hashes = new Set([SCHEMAS, ...changes].map(hashOf));
  assert.equal(hashes.size, changes.length + 1);
});

test('the document names the version, and every op', () => {
  const text = read('docs/protocol.md');
  assert.match(text, new RegExp(`version ${PROTOCOL_VERSION}\\b`));
  assert.deepEqual(
    Object.keys(SCHEMAS).filter((op) => !text.includes(`\`${op}\``)),
    [],
  );
});
