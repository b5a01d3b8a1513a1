/**
 * What a person downloads: the main package as WeChat's compilers leave it, and the client core alone. Templates go
 * through the official compiler; they, styles and scripts are minified as an upload minifies them (`minified`,
 * `minifyWXML`, `minifyWXSS` in project.config.json). Scripts are in ES2015, the nearest that esbuild knows to
 * DevTools' ES5, and share the helpers that this needs (`enhance`), so they are measured together, with the wrapper
 * that each module gets. It comes out above what miniprogram-ci packs (`npm run devtools-check` says how far). Also
 * looks for what must never be downloaded: secrets (S29). Writes to a temporary folder only.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { build, transform } from 'esbuild';

export interface PackageSize {
  /** Bytes by kind of file, the largest kind first. */
  parts: { kind: string; bytes: number }[];
  bytes: number;
  /** Where something looks like a secret: file and what it resembles, never the thing itself. */
  secrets: string[];
}

const { wxmlToJs } = createRequire(import.meta.url)('miniprogram-compiler') as {
  wxmlToJs(folder: string, options: { maxBuffer: number }): string;
};

const CORE = ['net', 'sync', 'store', 'protocol'];
/** `define("pages/chat/chat.js", function(require, module, exports, window, document, …` around every module. */
const WRAPPER_BYTES = 240;
const MAX_BUFFER = { maxBuffer: 64 * 1024 * 1024 };
/** project.config.json's packOptions leaves these out. */
const LEFT_OUT = /(\.d\.ts|tsconfig\.json)$/;

const SECRETS: Record<string, RegExp> = {
  'an appsecret (32 hexadecimal digits)': /(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/i,
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  'a secret with a value': /(app_?secret|session_?key|jwt_?keys?|password)["']?\s*[:=]\s*["'][^"']{8,}/i,
};

/** @param folder of the mini-program */
export async function measurePackage(folder: string): Promise<PackageSize> {
  const files = listFiles(folder);
  const sizes = new Map<string, number>();
  const secrets: string[] = [];
  const add = (kind: string, name: string, content: string | Buffer): void => {
    sizes.set(kind, (sizes.get(kind) ?? 0) + Buffer.byteLength(content));
    if (typeof content === 'string') secrets.push(...secretsIn(content).map((what) => `${name}: ${what}`));
  };
  add('templates', 'wxml', await minify(compileTemplates(folder), 'js'));
  const scripts = files.filter((name) => name.endsWith('.ts'));
  const code = await bundle(folder, scripts, 'es2015');
  add('scripts', 'scripts', code);
  sizes.set('scripts', Buffer.byteLength(code) + scripts.length * WRAPPER_BYTES);
  for (const name of files.filter((file) => !isTemplate(file))) {
    const extension = extname(name);
    const content = readFileSync(join(folder, name));
    if (extension === '.ts') continue;
    if (extension === '.wxss') add('styles', name, await minify(content.toString(), 'css'));
    else if (extension === '.json') add('settings', name, JSON.stringify(JSON.parse(content.toString())));
    else add('pictures and other files', name, content);
  }
  const parts = [...sizes].map(([kind, bytes]) => ({ kind, bytes })).sort((a, b) => b.bytes - a.bytes);
  return { parts, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), secrets };
}

/** Of the core alone: everything in it, used or not, minified into one script in the language that it is written in. */
export async function measureCore(folder: string): Promise<number> {
  const modules = listFiles(folder).filter(
    (name) => name.endsWith('.ts') && CORE.includes(name.split('/')[0] ?? ''),
  );
  return Buffer.byteLength(await bundle(folder, modules, 'es2022'));
}

/** Everything in them, used or not, as one script. */
async function bundle(folder: string, modules: readonly string[], target: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: modules.map((name, index) => `export * as m${index} from './${name}';`).join('\n'),
      resolveDir: folder,
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'cjs',
    charset: 'utf8',
    target,
    tsconfigRaw: {},
  });
  return outputFiles[0]?.text ?? '';
}

async function minify(source: string, loader: 'js' | 'css'): Promise<string> {
  return (await transform(source, { loader, minify: true, charset: 'utf8', logLevel: 'silent' })).code;
}

export function secretsIn(text: string): string[] {
  return Object.entries(SECRETS).flatMap(([what, pattern]) => (pattern.test(text) ? [what] : []));
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll('\\', '/'))
    .filter((name) => statSync(join(folder, name)).isFile() && !LEFT_OUT.test(name))
    .sort();
}

function isTemplate(path: string): boolean {
  return ['.wxml', '.wxs'].includes(extname(path));
}

/** By WeChat's compiler, which wants a folder with these files alone; see scripts/check-wxml.mjs. */
function compileTemplates(folder: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'chahua-package-'));
  try {
    cpSync(folder, copy, {
      recursive: true,
      filter: (path) => statSync(path).isDirectory() || isTemplate(path),
    });
    return wxmlToJs(copy, MAX_BUFFER);
  } catch (error) {
    // It is an x86-64 program; elsewhere templates count as they are.
    if (process.arch === 'x64') throw error;
    return listFiles(copy)
      .map((name) => readFileSync(join(copy, name), 'utf8'))
      .join('');
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
