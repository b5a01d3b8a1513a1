/**
 * The mini-program as DevTools would hand it to a phone, as far as tests need it: every `.ts` as a CommonJS
 * `.js` beside its wxml, wxss and json, in a folder of the system's temporary one. Never writes into the tree.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const source = fileURLToPath(new URL('../../miniprogram/', import.meta.url));

/** One folder for each process that asks, about 100 ms; it is gone when the process ends. */
export function stageMiniProgram(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chahua-staged-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

  cpSync(source, folder, {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || !path.endsWith('.ts'),
  });
  const scripts = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.d.ts'),
  );
  buildSync({
    entryPoints: scripts.map((path) => join(source, path)),
    outbase: source,
    outdir: folder,
    format: 'cjs',
    target: 'es2022',
    sourcemap: 'inline',
    // The mini-program's tsconfig is for checking; nothing in it changes what is made here.
    tsconfigRaw: {},
    logLevel: 'error',
  });
  // The project says "module"; what was staged is not.
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  return folder;
}
