import assert from 'node:assert/strict';
import { it } from 'node:test';
import { marked, unmarked } from './paths.ts';

it('what is signed comes out as it went in, to the letter, with the mark of a phone between', () => {
  for (const path of ['/v1/files/f1?exp=1&sig=a%2Bb%3D', '/v1/files/f1', '/ws']) {
    const { pathname, search } = new URL(marked(`http://127.0.0.1:9${path}`, '127.0.0.1:9', 'åsa & bob'));
    assert.match(search, /preview-phone=/);
    assert.equal(unmarked(pathname + search), path);
  }
});

it('what goes elsewhere bears no mark', () => {
  assert.equal(marked('https://example.com/a.png', '127.0.0.1:9', 'alice'), 'https://example.com/a.png');
});
