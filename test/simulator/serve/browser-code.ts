/** The preview's own browser code, bundled by esbuild when it is asked for: phone, shell, and their style sheets. */
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

export async function bundleBrowserCode(entry: 'phone/phone.ts' | 'shell/shell.ts'): Promise<string> {
  const result = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
    tsconfigRaw: {},
    logLevel: 'silent',
  });
  return result.outputFiles[0]?.text ?? '';
}
