/**
 * S25: seeded nonsense, from bytes that are no frame to requests with one thing wrong. Nothing a client sends ends the
 * process, opens a hole in another's service, or leaks a file descriptor. FUZZ_FRAMES=1000000 is the long run.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { random } from '../faults/random.ts';
import { login } from '../support/raw-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { encodeFrame, encodeText, Opcode } from '../support/websocket-frames.ts';
import { Attacker, Bystander } from './attacker.ts';

const FRAMES = Number(process.env['FUZZ_FRAMES'] ?? 20_000);
/** Frames sent on a socket before its health is asked for. */
const VOLLEY = 50;
/** Each has a patience of its own. */
const USERS = 20;
const WARM_UP_FRAMES = 4_000;
/** Of resident memory, in bytes. */
const MOST_GROWN = 20e6;

let server: ServerProcess;
let bystander: Bystander;
before(async () => {
  server = await ServerProcess.start({ env: { LIMITS: 'sends=10000/10000' } });
  bystander = await Bystander.arrive(server);
});
after(() => server.stop());

const dice = random();
const pick = <T>(values: readonly T[]): T => values[dice.below(values.length)]!;

const words = (text: string): string[] => text.trim().split(/\s+/);
const ops = [
  ...words(`session.hello session.renew session.ping room.list room.create room.open room.join room.leave
    room.members room.manage room.read room.typing room.prefs message.send message.recall message.edit message.react
    message.history message.search message.report user.get entries constructor __proto__ MESSAGE.SEND`),
  ...['', 'message.send '],
];
const fields =
  words(`room cid kind body text user users seq target action name limit before after around token version
  cursors epoch mentions reply seconds role scope members open muted __proto__ constructor data type lat lng on emoji
  query`);
const actions = words('rename invite remove role mute unmute pin unpin slow close');
const nouns = words('group live support text image custom location all owner mine');
const scalars: readonly (() => unknown)[] = [
  () => bystander.room,
  () => pick([...nouns, ...actions]),
  () => pick([0, -1, 1, 2, 1.5, 1e308, -0, 2 ** 31, 2 ** 53, Number.MAX_SAFE_INTEGER]),
  () =>
    pick([null, true, false, '', ' ', '\0', '\ud800', '😀', '../../etc/passwd', "' or 1=1 --", '$ne', '%00']),
  () => 'x'.repeat(dice.below(3_000)),
  () => dice.below(2 ** 31),
];

function value(depth: number): unknown {
  const shape = dice.below(depth > 3 ? 6 : 10);
  if (shape < 6) return pick(scalars)();
  if (shape === 6) return Array.from({ length: dice.below(5) }, () => value(depth + 1));
  return Object.fromEntries(Array.from({ length: dice.below(6) }, () => [pick(fields), value(depth + 1)]));
}

/** Near enough to a request to get past the door now and then. */
function request(): string {
  const body = Object.assign(
    {
      room: bystander.room,
      cid: `z${dice.below(100)}`,
      kind: 'text',
      action: pick(actions),
      body: { text: 'x' },
    },
    dice.below(2) === 0 ? value(1) : {},
  );
  const frame = { id: 1_000 + dice.below(1_000), op: pick(ops), body: dice.below(8) === 0 ? value(0) : body };
  return JSON.stringify(dice.below(200) === 0 ? value(0) : frame);
}

const bytes = (length: number) => Buffer.from(Array.from({ length }, () => dice.below(256)));

function mutated(text: string): Buffer {
  const raw = Buffer.from(text);
  for (let count = dice.below(4); count >= 0; count--) raw[dice.below(raw.length)] = dice.below(256);
  return raw;
}

/** Mostly requests; what ends a socket is rarer, or nothing else would be tried. */
function nonsense(): Buffer {
  const sort = dice.below(400);
  if (sort < 390) return encodeText(request());
  if (sort < 393) return encodeFrame({ opcode: Opcode.TEXT, payload: mutated(request()) });
  if (sort < 396) return encodeFrame({ opcode: pick([9, 10]), payload: bytes(dice.below(125)) });
  if (sort < 397) return encodeFrame({ opcode: dice.below(16), payload: bytes(dice.below(200)) });
  if (sort < 398) return encodeFrame({ opcode: 1, payload: request(), fin: false, rsv: dice.below(8) });
  if (sort < 399) return bytes(1 + dice.below(50));
  const claimedLength = BigInt(dice.below(2 ** 31)) << BigInt(dice.below(33));
  return encodeFrame({ opcode: 1, claimedLength, payload: bytes(20) });
}

test(`S25 after ${FRAMES} frames of nonsense the server runs, others are served, nothing has leaked`, async (t) => {
  t.diagnostic(`FAULT_SEED=${dice.seed}`);
  const names = Array.from({ length: USERS }, (_, index) => `fuzzer${index}`);
  const logins = await Promise.all(names.map((name) => login(server.url, name)));
  /** How often each outcome was seen; `ok` too. */
  const outcomes = new Map<string, number>();
  const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);

  async function volley(): Promise<void> {
    const { access } = pick(logins);
    // Some never say hello.
    const attacker =
      dice.below(10) === 0 ? await Attacker.connect(server.url) : await Attacker.signedIn(server.url, access);
    for (let sent = 0; sent < VOLLEY; sent++) attacker.sendBytes(nonsense());
    attacker.sendBytes(encodeText('{"id":1999999999,"op":"session.ping","body":{}}'));
    // It is answered, or the socket has ended, or waits for the rest of some endless frame.
    await attacker
      .until(() => attacker.closed !== null || attacker.answers.some(({ id }) => id === 1_999_999_999), 100)
      .catch(() => undefined);
    for (const { ok, error } of attacker.answers) if (ok !== undefined) count(error?.code ?? 'ok');
    if (attacker.closed) count(String(attacker.closed.code));
    await attacker.cut();
  }

  async function volleys(frames: number): Promise<void> {
    for (let sent = 0; sent < frames; sent += VOLLEY) {
      await volley();
      if (sent % (VOLLEY * 40) === 0) await bystander.isServed();
    }
  }

  await volleys(Math.min(WARM_UP_FRAMES, FRAMES / 2));
  const before = usage();
  await volleys(FRAMES);
  await bystander.isServed();
  // A heap breathes, and the ends of sockets take their time; what has leaked stays.
  const grown = () => ({ fds: usage().fds - before.fds, bytes: usage().bytes - before.bytes });
  for (let pause = 0; pause < 20 && (grown().fds > 2 || grown().bytes > MOST_GROWN); pause++) {
    await volleys(VOLLEY);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const { fds, bytes } = grown();
  t.diagnostic(`${JSON.stringify(Object.fromEntries(outcomes))}; ${(bytes / 1e6).toFixed(1)} MB more`);

  assert.ok(fds <= 2, `${fds} descriptors more`);
  assert.ok(bytes <= MOST_GROWN, `${(bytes / 1e6).toFixed(1)} MB more`);
  assert.ok((outcomes.get('BAD_REQUEST') ?? 0) > FRAMES / 4, 'most frames were not heard');
  assert.equal(outcomes.has('INTERNAL'), false, 'a handler threw what it should have refused');
  const errors = server.logs.filter((line) => /"level":(50|60)|"level":"(error|fatal)"/.test(line));
  assert.deepEqual(errors, []);
  const log = await bystander.client.history(bystander.room);
  assert.ok(
    log.every((entry) => entry.from === bystander.user),
    'nobody got into the bystander’s room',
  );
});

/** What the server's process holds, where the system tells. */
function usage(): { fds: number; bytes: number } {
  if (process.platform !== 'linux') return { fds: 0, bytes: 0 };
  const status = readFileSync(`/proc/${server.pid}/status`, 'latin1');
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(status) ?? [];
  return { fds: readdirSync(`/proc/${server.pid}/fd`).length, bytes: Number(kilobytes) * 1024 };
}
