import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Dialogs } from '../dialogs.ts';
import { systemWords } from '../system-words.ts';
import { createCalls } from './call.ts';
import { Privacy } from './privacy.ts';
import type { Shelf } from './storage.ts';

type Decide = (decision: { event: string }) => void;

function start(answer: 'agree' | 'refuse' = 'agree') {
  const kept = new Map<string, string>();
  const shelf = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as Shelf;
  let asked = 0;
  const dialogs = {
    words: systemWords('zh_CN'),
    modal: () => {
      asked += 1;
      return Promise.resolve({ confirmed: answer === 'agree', text: '' });
    },
  } as unknown as Dialogs;
  const privacy = new Privacy({ dialogs, shelf, phone: 'alice', run: (task) => task() });
  const api = privacy.createApi(createCalls((task) => task())) as {
    onNeedPrivacyAuthorization(listener: (decide: Decide) => void): void;
  };
  return { privacy, api, asked: () => asked };
}

describe('consent', () => {
  it('is asked for once by WeChat itself where the app does not ask', async () => {
    const { privacy, asked } = start();
    assert.deepEqual(
      [await privacy.allows('chooseMedia'), await privacy.allows('nickname'), asked()],
      [true, true, 1],
    );
  });

  it('that was refused is asked for again the next time', async () => {
    const { privacy, asked } = start('refuse');
    assert.deepEqual(
      [await privacy.allows('nickname'), await privacy.allows('nickname'), asked()],
      [false, false, 2],
    );
  });

  it('counts from an app only after a tap on its agree button', async (context) => {
    const complaint = context.mock.method(console, 'error', () => undefined);
    const { privacy, api, asked } = start();
    api.onNeedPrivacyAuthorization((decide) => decide({ event: 'agree' }));
    assert.equal(await privacy.allows('nickname'), false);
    assert.equal(complaint.mock.callCount(), 1);
    privacy.tapped();
    assert.deepEqual([await privacy.allows('nickname'), asked()], [true, 0]);
  });
});
