/**
 * `npm run preview`: phones in a browser before a real server, from a bare checkout. Owns the set-up before it, as
 * `npm start` does, and nothing else: test/simulator/preview.ts is what runs.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root, setUp } from './set-up.mjs';

const node = setUp();
const preview = spawn(node, ['test/simulator/preview.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});

// Ctrl-C on a terminal reaches it without us.
process.on('SIGINT', () => process.stdin.isTTY || preview.kill('SIGINT'));
process.on('SIGTERM', () => preview.kill('SIGTERM'));

preview.on('error', (error) => {
  console.error(`The preview could not be started: ${error.message}`);
  process.exit(1);
});
preview.on('exit', (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
});
