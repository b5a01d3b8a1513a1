/**
 * Owns the question "is what the lockfile asks for installed?". Reads the note that npm leaves in
 * node_modules when an install has succeeded, so it also sees an install made by hand, and one that was
 * broken off. Never changes anything.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, os?: string[]}} Package
 * @typedef {{packages: Record<string, Package>}} Lockfile
 */

/**
 * Pure. A package that npm may leave out on this platform counts only if it is there: then it must be of
 * this platform, or the folder was copied from another machine.
 *
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile} found node_modules/.package-lock.json
 * @param {string} platform as `process.platform`
 */
export function isInstalled(wanted, found, platform) {
  return Object.entries(wanted.packages).every(([path, want]) => {
    if (path === '') return true; // the project itself
    const have = found.packages[path];
    if (!have) return Boolean(want.optional ?? want.devOptional);
    if (have.os && !have.os.includes(platform)) return false;
    return have.version === want.version && have.integrity === want.integrity;
  });
}

/** @param {string} root the project's folder */
export function isUpToDate(root) {
  const found = readLockfile(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readLockfile(join(root, 'package-lock.json'));
  return found !== null && wanted !== null && isInstalled(wanted, found, process.platform);
}

/**
 * @param {string} path
 * @returns {Lockfile | null} null where there is none, or half of one
 */
function readLockfile(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
