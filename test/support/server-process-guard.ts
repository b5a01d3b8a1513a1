/**
 * Runs before server/main.ts in a child process of a test. Loads the server's code, then holds main back until the
 * test says so on standard input: a process that takes over from a killed one need not be loaded first. Promises that
 * the child ends with the test, however the test ends.
 */
import { once } from 'node:events';

// The test holds the other end; the system closes it even when the test is killed.
process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL'));
await import('../../server/server.ts');
await once(process.stdin, 'data');
