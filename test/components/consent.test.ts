import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Consent, type Decide, type Decision } from '../../miniprogram/components/privacy-sheet/consent.ts';

/** The platform: holds calls back until they are decided. */
function setUp() {
  const registered: ((decide: Decide) => void)[] = [];
  const consent = new Consent((listener) => registered.push(listener));
  const decisions: Decision[] = [];
  const need = () => registered[0]?.((decision) => decisions.push(decision));
  const sheet = () => {
    const asked: boolean[] = [];
    return { asked, ask: (isAsked: boolean) => void asked.push(isAsked) };
  };
  return { consent, registered, decisions, need, sheet };
}

const AGREE: Decision = { event: 'agree', buttonId: 'b' };

test('the platform is listened to once, however many pages come and go', () => {
  const { consent, registered, sheet } = setUp();
  for (let page = 0; page < 3; page += 1) consent.front(sheet());
  assert.equal(registered.length, 1);
});

test('the page on top asks, and its answer goes to every call that waits, once', () => {
  const { consent, decisions, need, sheet } = setUp();
  const [below, top] = [sheet(), sheet()];
  consent.front(below);
  consent.front(top);
  need();
  need();
  assert.deepEqual(below.asked, []);
  assert.deepEqual(top.asked, [true, true]);
  assert.deepEqual(decisions, []);
  consent.answer(AGREE);
  assert.deepEqual(decisions, [AGREE, AGREE]);
  consent.answer(AGREE);
  assert.equal(decisions.length, 2);
  assert.equal(top.asked.at(-1), false);
});

test('a page that is left without an answer has refused', () => {
  const { consent, decisions, need, sheet } = setUp();
  const page = sheet();
  consent.front(page);
  need();
  consent.gone(page);
  assert.deepEqual(decisions, [{ event: 'disagree' }]);
});

test('covered by another page that can ask, the question is over', () => {
  const { consent, decisions, need, sheet } = setUp();
  consent.front(sheet());
  need();
  consent.front(sheet());
  assert.deepEqual(decisions, [{ event: 'disagree' }]);
});

test('where no page can ask, the call is refused and does not hang', () => {
  const { consent, decisions, need, sheet } = setUp();
  const page = sheet();
  consent.front(page);
  consent.gone(page);
  need();
  assert.deepEqual(decisions, [{ event: 'disagree' }]);
});

test('a page that comes to the front twice keeps its question', () => {
  const { consent, decisions, need, sheet } = setUp();
  const page = sheet();
  consent.front(page);
  need();
  consent.front(page);
  assert.deepEqual(decisions, []);
  consent.answer({ event: 'disagree' });
  assert.equal(decisions.length, 1);
});
