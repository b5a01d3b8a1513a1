/**
 * `npm start`: a server to try things with, from a bare checkout. Owns the set-up before it and DEV_LOGIN
 * (login by name), which it asks for unless told otherwise and never in production. The server reads all
 * else; production runs `node server/main.ts` and never comes by here.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root, setUp } from './set-up.mjs';

const node = setUp();

const env = { ...process.env };
if (env.NODE_ENV !== 'production') env.DEV_LOGIN ??= '1';

const server = spawn(node, ['server/main.ts', ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
});

// Ctrl-C on a terminal reaches the server without us; a second one from here would look like impatience.
process.on('SIGINT', () => process.stdin.isTTY || server.kill('SIGINT'));
process.on('SIGTERM', () => server.kill('SIGTERM'));

server.on('error', (error) => {
  console.error(`The server could not be started: ${error.message}`);
  process.exit(1);
});
server.on('exit', (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
});
