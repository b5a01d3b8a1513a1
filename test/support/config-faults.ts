/** What a wrong environment is told: a line for each fault. */
import assert from 'node:assert/strict';
import { ConfigFault, type Environment, readConfig } from '../../server/config.ts';

/** The faults of an environment; none is a failure of the test. */
export function faultsOf(env: Environment): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigFault, String(error));
    return error.faults;
  }
  assert.fail('the environment was accepted');
}

export function assertFault(env: Environment, ...patterns: RegExp[]): void {
  const faults = faultsOf(env);
  assert.equal(faults.length, patterns.length, faults.join('\n'));
  patterns.forEach((pattern, index) => assert.match(faults[index]!, pattern));
}
