/**
 * A reporter for Node's test runner that looks out for nothing: Node passes a test file in which no test ran,
 * and a run in which none ran at all. Owns that verdict only; what ran is told by Node's own reporter.
 */
import { basename } from 'node:path';

/**
 * @param {AsyncIterable<import('node:test/reporters').TestEvent>} events
 * @returns {AsyncGenerator<string>}
 */
export default async function* emptyTests(events) {
  let ran = 0;
  /** @type {string[]} */
  const empty = [];
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // Of a file without tests Node makes a test that bears the file's own name.
    if (data.file && basename(data.name) === basename(data.file)) empty.push(data.name);
    else if (!data.skip) ran += 1;
  }
  const narrowed = process.execArgv.some((option) => option.startsWith('--test-name-pattern'));
  if (ran > 0 && (narrowed || empty.length === 0)) return;
  process.exitCode = 1;
  yield ran === 0 ? '✖ no test ran\n' : `✖ no test in ${empty.join(', ')}\n`;
}
