/**
 * Two people talk: the mini-program's own client on two fake phones, over real sockets, through the real server
 * process. What happens to phones and servers happens to them; in the end both show the same messages, each once.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { RoomId } from '../../miniprogram/protocol/objects.ts';
import { createPhone, type Phone } from '../support/phone.ts';
import { ServerProcess } from '../support/server-process.ts';

describe('two phones and a server', () => {
  let server: ServerProcess;
  let phones: Phone[] = [];
  before(
    async () =>
      (server = await ServerProcess.start({ env: { LIMITS: 'sends=500/500', HEARTBEAT_MS: '1000' } })),
  );
  after(() => server.stop());
  afterEach(() => {
    for (const phone of phones) phone.end();
    phones = [];
  });

  async function signIn(name: string): Promise<Phone> {
    const phone = createPhone({ name, serverUrl: server.url, realNetwork: true });
    phones.push(phone);
    await phone.signIn();
    await phone.until(({ link, order }) => link.name === 'live' && order.length > 0);
    return phone;
  }

  const me = (phone: Phone): string =>
    phone.state.session.name === 'signed-in' ? phone.state.session.user.id : '';

  /** Both are in their direct room, with the chat open. */
  async function talk(test: string): Promise<{ alice: Phone; bob: Phone; room: RoomId }> {
    const [alice, bob] = await Promise.all([signIn(`alice ${test}`), signIn(`bob ${test}`)]);
    const room = await alice.engine.openDirect(me(bob));
    await bob.until(({ rooms }) => room in rooms);
    for (const phone of [alice, bob]) phone.engine.enter(room);
    return { alice, bob, room };
  }

  /** Texts that are sent, as the phone shows them. */
  const sent = (phone: Phone, room: RoomId): string[] =>
    phone
      .rows(room)
      .flatMap(({ kind, state, body }) =>
        kind === 'text' && state === 'sent' ? [String(body['text'])] : [],
      );

  async function agree(room: RoomId, both: Phone[], expected: string[]): Promise<void> {
    for (const phone of both) {
      await phone.until(() => sent(phone, room).length >= expected.length).catch(() => undefined);
    }
    const [first, ...others] = both.map((phone) => sent(phone, room));
    assert.deepEqual([...(first ?? [])].sort(), [...expected].sort());
    for (const other of others) assert.deepEqual(other, first);
    for (const phone of both) assert.equal(phone.wx.alive, 1);
  }

  it('what each writes is on both, once, in one order', async () => {
    const { alice, bob, room } = await talk('1');
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`);
    texts.forEach((text, i) => (i % 2 === 0 ? alice : bob).engine.sendText(room, text));
    await agree(room, [alice, bob], texts);
  });

  it('unread grows while the chat is closed and is gone when it was read', async () => {
    const { alice, bob, room } = await talk('2');
    bob.engine.leave(room);
    for (const text of ['1', '2', '3']) alice.engine.sendText(room, text);
    await bob.until(({ rooms }) => rooms[room]?.unread === 3);
    bob.engine.enter(room);
    bob.engine.read(room, bob.state.rooms[room]?.head ?? 0);
    await bob.until(({ rooms }) => rooms[room]?.unread === 0);
    await alice.until(({ rooms }) => rooms[room]?.peerRead === bob.state.rooms[room]?.head);
  });

  it('both write while the network is cut, and nothing is lost or doubled when it returns', async () => {
    const { alice, bob, room } = await talk('3');
    alice.engine.sendText(room, 'before');
    await agree(room, [alice, bob], ['before']);
    for (const phone of [alice, bob]) phone.cut();
    for (const [phone, text] of [
      [alice, 'a1'],
      [bob, 'b1'],
      [alice, 'a2'],
      [bob, 'b2'],
    ] as const) {
      phone.engine.sendText(room, text);
    }
    assert.equal(alice.state.waiting, 2);
    for (const phone of [alice, bob]) {
      phone.restore();
      phone.tellNetwork(true);
    }
    await agree(room, [alice, bob], ['before', 'a1', 'a2', 'b1', 'b2']);
  });

  it('a half-open socket is found out by the probe, and what was sent into it arrives once', async () => {
    const { alice, bob, room } = await talk('4');
    alice.halfOpen();
    alice.engine.sendText(room, 'into the void');
    alice.tellNetwork(true);
    await agree(room, [alice, bob], ['into the void']);
  });

  it('frozen in the background and thawed: one socket, all that was missed, nothing twice', async () => {
    const { alice, bob, room } = await talk('5');
    bob.hide();
    bob.freeze();
    const texts = Array.from({ length: 30 }, (_, i) => `while away ${i}`);
    for (const text of texts) alice.engine.sendText(room, text);
    await alice.until(() => sent(alice, room).length === 30);
    bob.thaw();
    await agree(room, [alice, bob], texts);
  });

  it('the app is killed with messages in the outbox, and sends them once when it is opened again', async () => {
    const { alice, bob, room } = await talk('6');
    alice.cut();
    for (const text of ['k1', 'k2', 'k3']) alice.engine.sendText(room, text);
    const again = alice.kill();
    phones.push(again);
    again.engine.enter(room);
    await agree(room, [again, bob], ['k1', 'k2', 'k3']);
  });

  it('the server is killed in the middle of sends and comes back: every message once, in one order', async () => {
    const { alice, bob, room } = await talk('7');
    const texts = Array.from({ length: 40 }, (_, i) => `${i}`);
    texts.slice(0, 20).forEach((text, i) => (i % 2 === 0 ? alice : bob).engine.sendText(room, text));
    await alice.until(() => sent(alice, room).length >= 3);
    await server.kill9();
    texts.slice(20).forEach((text, i) => (i % 2 === 0 ? alice : bob).engine.sendText(room, text));
    await server.restart();
    for (const phone of [alice, bob]) phone.engine.reconnect();
    await agree(room, [alice, bob], texts);
  });

  it('a recall erases the text on both phones', async () => {
    const { alice, bob, room } = await talk('8');
    alice.engine.sendText(room, 'oh no');
    await agree(room, [alice, bob], ['oh no']);
    const seq = alice.rows(room).find(({ kind }) => kind === 'text')?.seq;
    assert.ok(seq);
    await alice.engine.recall(room, seq);
    for (const phone of [alice, bob]) {
      await phone.until(() => phone.rows(room).some((row) => row.seq === seq && row.recalled));
      assert.ok(!JSON.stringify(phone.rows(room)).includes('oh no'));
    }
  });
});
