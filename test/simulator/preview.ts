/**
 * `npm run preview`: the real server with login by name, and a page with phones in front of it. Ends both on Ctrl-C.
 * What the phones' users wrote stays in the data folder for the next time.
 *
 * Options: `--port 8090` of the page, `--data FOLDER` of the server.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ServerProcess } from '../support/server-process.ts';
import { PreviewServer } from './serve/preview-server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8090' },
    data: { type: 'string', default: join(tmpdir(), 'chahua-preview') },
  },
});
const data = resolve(values.data);
mkdirSync(data, { recursive: true });

const server = await ServerProcess.start({ env: { DATA_DIR: data } });
const preview = await listen(server.url);
const { ms, problems } = await preview.builds.newest();

console.log(`Mini-program built in ${ms} ms${problems.length > 0 ? ', with faults:' : '.'}`);
for (const problem of problems) console.log(`  ${problem}`);
console.log(`Chat server ${server.url}, data in ${data}`);
console.log(`\n  ${preview.url}/?users=alice,bob\n`);
console.log(`To moderate it: export CHAHUA_SERVER=${server.admin} DATA_DIR=${data}; npx chahua help\n`);
console.log('Also: &theme=dark &lang=en &font=large &width=320. Ctrl-C ends it.');

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await preview.close();
  await server.sigterm();
  await server.stop();
  process.exit(0);
}
process.on('SIGINT', () => void end());
process.on('SIGTERM', () => void end());
void server.exited.then((code) => {
  if (isEnding) return;
  console.error(
    `The chat server ended with code ${code}; its last words:\n${server.logs.slice(-20).join('\n')}`,
  );
  process.exit(1);
});

/** On the port asked for; on any other where that is taken. */
async function listen(target: string): Promise<PreviewServer> {
  try {
    return await PreviewServer.listen({ server: target, port: Number(values.port) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return PreviewServer.listen({ server: target, port: 0 });
  }
}
