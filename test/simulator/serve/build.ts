/**
 * The newest build of the mini-program. Looks at the sources whenever it is asked, by their times and sizes, and
 * builds only when something changed; those who ask meanwhile wait for the same build. `id` says which build it is.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildBundle, type BuildResult } from '../compile/bundle.ts';

export interface Build extends BuildResult {
  id: number;
  /** What building took. */
  ms: number;
}

export class Builds {
  readonly #folder: string;
  #current: Promise<Build> | null = null;
  #fingerprint = '';
  #count = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async newest(): Promise<Build> {
    const fingerprint = await fingerprintOf(this.#folder);
    if (this.#current && fingerprint === this.#fingerprint) return this.#current;
    this.#fingerprint = fingerprint;
    this.#current = this.#build();
    return this.#current;
  }

  async #build(): Promise<Build> {
    const began = performance.now();
    const id = (this.#count += 1);
    const result = await buildBundle(this.#folder);
    return { ...result, id, ms: Math.round(performance.now() - began) };
  }
}

async function fingerprintOf(folder: string): Promise<string> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const stats = await Promise.all(
    names.map((name) => stat(join(folder, name)).catch(() => ({ mtimeMs: 0, size: 0 }))),
  );
  return names.map((name, index) => `${name}:${stats[index]?.mtimeMs}:${stats[index]?.size}`).join('|');
}
