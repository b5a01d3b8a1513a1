#!/usr/bin/env node
/**
 * `npx chahua …`: the moderator's command line (server/cli/main.ts) on the Node that the project brings, whatever the
 * Node is that npx runs on. Owns nothing but that: arguments, streams and the exit status go through untouched.
 */
import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setUp } from './set-up.mjs';

const main = fileURLToPath(new URL('../server/cli/main.ts', import.meta.url));
const args = ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)];
// Ctrl-C reaches the child by itself, which tidies up and ends; so must this wait.
process.on('SIGINT', () => undefined);
const { status, signal, error } = spawnSync(setUp(), args, { stdio: 'inherit' });
if (error) console.error(`chahua: ${error.message}`);
process.exit(status ?? (signal === null ? 1 : 128 + constants.signals[signal]));
