/**
 * A reporter for Node's test runner: counts the tests that ran against real servers of another make. A test file says
 * so itself with a diagnostic `against NAME VERSION`, as test/support does for it; all its tests count. Owns the
 * counting only; that none is skipped in CI is the support's to see to.
 */

/**
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 * @returns {AsyncGenerator<string>}
 */
export default async function* servers(events) {
  /** By file. @type {Map<string, { passed: number, skipped: number, servers: Set<string> }>} */
  const files = new Map();
  for await (const { type, data } of events) {
    if (!data || !('file' in data) || !data.file) continue;
    const file = files.get(data.file) ?? { passed: 0, skipped: 0, servers: new Set() };
    files.set(data.file, file);
    if (type === 'test:diagnostic') {
      const [, server] = /^against (.+)$/.exec(data.message) ?? [];
      if (server) file.servers.add(server);
    }
    // A suite passes, too; what counts is the tests in it.
    if (type === 'test:pass' && data.details.type !== 'suite')
      file[data.skip === undefined ? 'passed' : 'skipped'] += 1;
  }
  /** @type {Map<string, { passed: number, skipped: number }>} */
  const counts = new Map();
  for (const { passed, skipped, servers } of files.values()) {
    for (const server of servers) {
      const count = counts.get(server) ?? { passed: 0, skipped: 0 };
      counts.set(server, { passed: count.passed + passed, skipped: count.skipped + skipped });
    }
  }
  for (const [server, { passed, skipped }] of [...counts].sort()) {
    yield `against ${server}: ${passed} tests passed, ${skipped} skipped\n`;
  }
}
