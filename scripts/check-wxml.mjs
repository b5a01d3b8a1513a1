/**
 * `node scripts/check-wxml.mjs FOLDER`: has WeChat's own compiler read every wxml and wxs file below it.
 * Owns nothing but that: an unclosed tag, a broken expression, or wxs that is newer than ES5 ends with the
 * compiler's message and code 1. Writes only to a temporary folder.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

const { wxmlToJs } = createRequire(import.meta.url)('miniprogram-compiler');
const folder = process.argv[2] ?? 'miniprogram';

/** @param {string} path */
const isTemplate = (path) => ['.wxml', '.wxs'].includes(extname(path));

// The templates alone: given the json files too, the compiler looks for each component beside the page that
// uses it, and trips over "/components/…", which is how pages rightly name them.
const copy = mkdtempSync(join(tmpdir(), 'chahua-wxml-'));
try {
  cpSync(folder, copy, {
    recursive: true,
    filter: (path) => statSync(path).isDirectory() || isTemplate(path),
  });
  const count = readdirSync(copy, { recursive: true }).filter((path) => isTemplate(String(path))).length;
  if (count > 0) wxmlToJs(copy, { maxBuffer: 64 * 1024 * 1024 });
  console.log(`${count} files`);
} catch (error) {
  if (!isForeignBinary(error)) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } else {
    console.log(`skipped: WeChat's compiler does not run on ${process.platform} ${process.arch}`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/**
 * The compiler comes as x86-64 programs, which elsewhere (Linux on ARM, a Mac without Rosetta) do not start.
 *
 * @param {unknown} error
 */
function isForeignBinary(error) {
  if (process.arch === 'x64' || !(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ENOEXEC' || error.code === 'Unknown system error -86' || error.code === 'ENOENT';
}
