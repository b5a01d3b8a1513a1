/**
 * What a long chat costs in a real browser: the setData calls of a new message and of a page of history, by the
 * phone's own meter; the rows that the view holds; a cold start without a network. Measures and judges nothing: limits
 * are limits.ts's.
 */
import { fill } from '../e2e/people.ts';
import type { Phone } from '../e2e/phone.ts';
import type { Play } from '../e2e/play.ts';
import type { Show } from '../e2e/stage.ts';
import type { SetDataNote } from '../phone/meter.ts';

export interface ChatCost {
  /** In the room. */
  messages: number;
  /** Read back so many, page by page. */
  read: number;
  /** The dearest of several new messages while one stands at the end, and while one reads old ones. */
  message: Cost;
  messageWhileReading: Cost;
  /** The dearest page of history. */
  history: Cost;
  /** The most that the view held at any time. */
  rows: number;
  coldStartMs: number;
}

export interface Cost {
  /** Of those that bear rows; smaller ones say that it is loading, or where to scroll. */
  calls: number;
  /** Of all of them together, the small ones too. */
  bytes: number;
}

/** From so many bytes on a call bears a row, or the rows of a page. */
const ROW_BYTES = 100;
const PAGE_BYTES = 512;
const CHAT = /^(pages\/chat\/|components\/)/;
const TRIES = 5;

/** @param pages of history to read back, at most: a test has no time for all */
export async function measureChat(
  play: Play,
  { messages, pages }: { messages: number; pages: number },
): Promise<ChatCost> {
  const group = await play.group('预算', ['bella']);
  await fill(group, messages);
  const show = await play.show(['bella']);
  const bella = show.phone('bella');
  await bella.enter('预算');
  await bella.text(`第${messages}条`).waitFor();
  await quiet(bella);
  let rows = await bella.rows.count();

  let sent = messages;
  async function costOfOne(): Promise<Cost> {
    const before = await callsOf(bella);
    sent += 1;
    await group.owner.sendText(group.room, `more-${sent}`, `第${sent}条`);
    await untilMoreCalls(bella, before);
    return costSince(bella, { before, leastBytes: ROW_BYTES });
  }
  const message = await dearest(TRIES, costOfOne);

  const history: Cost[] = [];
  for (let page = 0; page < pages && (await bella.text('第1条').count()) === 0; page += 1) {
    const before = await callsOf(bella);
    await pullHistory(bella);
    await quiet(bella);
    history.push(await costSince(bella, { before, leastBytes: PAGE_BYTES }));
    rows = Math.max(rows, await bella.rows.count());
    // Who is silent for long is closed, and this one has nothing to say yet.
    await group.owner.ask('session.ping', {});
  }
  const messageWhileReading = await dearest(TRIES, costOfOne);

  const coldStartMs = await coldStart(show, { phone: bella, room: group.room });
  return {
    messages,
    read: history.length,
    message,
    messageWhileReading,
    history: history.reduce(max, { calls: 0, bytes: 0 }),
    rows,
    coldStartMs,
  };
}

async function dearest(times: number, measure: () => Promise<Cost>): Promise<Cost> {
  let cost: Cost = { calls: 0, bytes: 0 };
  for (let time = 0; time < times; time += 1) cost = max(cost, await measure());
  return cost;
}

function max(a: Cost, b: Cost): Cost {
  return { calls: Math.max(a.calls, b.calls), bytes: Math.max(a.bytes, b.bytes) };
}

async function callsOf(phone: Phone): Promise<number> {
  return (await phone.status()).traffic.setDataCalls;
}

async function untilMoreCalls(phone: Phone, before: number): Promise<void> {
  await phone.until((status, known) => status.traffic.setDataCalls > known, before);
  await quiet(phone);
}

/** Until a while passes in which no setData is called. */
async function quiet(phone: Phone): Promise<void> {
  for (let before = -1; before !== (await callsOf(phone));) {
    before = await callsOf(phone);
    await phone.frames(8);
  }
}

/** Of the chat page and what is in it; the list of rooms below has a row of its own to change. */
async function costSince(
  phone: Phone,
  { before, leastBytes }: { before: number; leastBytes: number },
): Promise<Cost> {
  const { setData, traffic } = await phone.status();
  const count = traffic.setDataCalls - before;
  if (count > setData.length) throw new Error(`${count} calls, more than the meter keeps`);
  const notes: SetDataNote[] = setData.slice(setData.length - count).filter(({ owner }) => CHAT.test(owner));
  return {
    calls: notes.filter(({ bytes }) => bytes >= leastBytes).length,
    bytes: notes.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Near the top, until an older page comes: only a move upwards asks for one, and not twice in 200 ms. */
async function pullHistory(phone: Phone): Promise<void> {
  await phone.window.locator('wx-scroll-view').evaluate(async (view) => {
    const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
    const oldest = (): string => view.querySelector('.message-list--row')?.textContent ?? '';
    view.scrollTop = 700;
    await frame();
    const had = oldest();
    for (let place = 440; oldest() === had && place > 0; place -= 1) {
      view.scrollTop = place;
      await frame();
    }
  });
}

/** Killed, and opened at the chat again while there is no network: all that one sees is from the cache. */
async function coldStart(show: Show, { phone, room }: { phone: Phone; room: string }): Promise<number> {
  await show.press(phone.user, 'Background');
  await show.press(phone.user, 'Cut network');
  await phone.restartAt(`pages/chat/chat?room=${room}`);
  return phone.chatSeenMs();
}
