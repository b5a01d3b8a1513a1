import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { mountComponent, settle, unmountAll } from '../support/simulate.ts';

const AVATAR = 'components/avatar/avatar';
afterEach(unmountAll);

test('without a picture there is the first letter on the colour of the id', () => {
  const one = mountComponent(AVATAR, { seed: 'u1', name: 'alice' });
  const renamed = mountComponent(AVATAR, { seed: 'u1', name: '爱丽丝' });
  assert.equal(one.dom.textContent, 'A');
  assert.equal(renamed.dom.textContent, '爱');
  assert.equal(one.data['tone'], renamed.data['tone']);
  assert.equal(one.querySelector('.picture'), undefined);
});

test('a picture takes the place of the letter', () => {
  const avatar = mountComponent(AVATAR, { seed: 'u1', name: 'alice', src: 'https://a.test/1.png' });
  assert.ok(avatar.querySelector('.picture'));
  assert.equal(avatar.dom.textContent, '');
});

test('a picture that cannot be loaded gives way to the letter, until there is another', async () => {
  const avatar = mountComponent(AVATAR, { seed: 'u1', name: 'alice', src: 'https://a.test/1.png' });
  avatar.querySelector('.picture')?.dispatchEvent('error');
  await settle();
  assert.equal(avatar.dom.textContent, 'A');
  avatar.setData({ src: 'https://a.test/2.png' });
  assert.ok(avatar.querySelector('.picture'));
});

test('an address that is none is not loaded', () => {
  const avatar = mountComponent(AVATAR, { seed: 'u1', name: 'alice', src: 'javascript:alert(1)' });
  assert.equal(avatar.dom.textContent, 'A');
});
