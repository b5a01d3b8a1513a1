import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MongoInvalidArgumentError, MongoNetworkError, MongoServerError } from 'mongodb';
import { isAbsence } from '../../server/store/mongo/gate.ts';

test('a socket that ended under the driver is the absence of the database, not a bug of ours', () => {
  for (const code of ['EPIPE', 'ECONNRESET', 'ECONNREFUSED']) {
    assert.equal(isAbsence(Object.assign(new Error('ended by the other party'), { code })), true, code);
  }
  assert.equal(isAbsence(new MongoNetworkError('connection closed')), true);
});

test('what is wrong with the call is a bug, whatever it is made of', () => {
  assert.equal(isAbsence(new TypeError('x is not a function')), false);
  assert.equal(isAbsence(Object.assign(new Error('no such file'), { code: 'ENOENT' })), false);
  assert.equal(isAbsence(new MongoInvalidArgumentError('bad filter')), false);
  assert.equal(isAbsence(new MongoServerError({ message: 'bad value', code: 2 })), false);
});
