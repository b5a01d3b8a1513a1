/**
 * A reporter for Node's test runner: counts the tests that ran against real servers of another make. A test file says
 * so itself with a diagnostic `against NAME VERSION`, as test/support does for it; all tests of that run of the file
 * count, wherever they are written down. Owns the counting only; that none is skipped in CI is the support's to see to.
 */
import { EventEmitter } from 'node:events';

// Three reporters listen to one stream of the runner, and Node would warn of a leak at the first line.
EventEmitter.defaultMaxListeners = 20;

/**
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 * @returns {AsyncGenerator<string>}
 */
export default async function* servers(events) {
  /** @type {Map<string, { passed: number, skipped: number }>} */
  const counts = new Map();
  // Files are reported one after the other, and the summary of a file ends it.
  let file = { passed: 0, skipped: 0, /** @type {Set<string>} */ servers: new Set() };
  for await (const { type, data } of events) {
    if (type === 'test:diagnostic') {
      const [, server] = /^against (.+)$/.exec(data.message) ?? [];
      if (server) file.servers.add(server);
    }
    // A suite passes, too; what counts is the tests in it.
    if (type === 'test:pass' && data.details.type !== 'suite')
      file[data.skip === undefined ? 'passed' : 'skipped'] += 1;
    if (type !== 'test:summary') continue;
    for (const server of file.servers) {
      const { passed, skipped } = counts.get(server) ?? { passed: 0, skipped: 0 };
      counts.set(server, { passed: passed + file.passed, skipped: skipped + file.skipped });
    }
    file = { passed: 0, skipped: 0, servers: new Set() };
  }
  for (const [server, { passed, skipped }] of [...counts].sort()) {
    yield `against ${server}: ${passed} tests passed, ${skipped} skipped\n`;
  }
}
