/**
 * Owns the choice of test files: all `*.test.ts` under test/, or those that the words on the command line
 * name. Reads folder names only.
 */
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/**
 * @param {string} root the project's folder
 * @returns {string[]} paths below it, with forward slashes, in order
 */
export function findTestFiles(root) {
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) =>
      relative(root, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join('/'),
    )
    .sort();
}

/**
 * Pure. A word is a file, a folder, or a piece of a path; what starts with a dash is for Node's test runner.
 * No words: all files.
 *
 * @param {readonly string[]} files
 * @param {readonly string[]} words
 */
export function chooseTestFiles(files, words) {
  const options = words.filter((word) => word.startsWith('-'));
  const patterns = words
    .filter((word) => !word.startsWith('-'))
    .map((word) => word.replaceAll('\\', '/').replace(/^\.\//, ''));
  const chosen = files.filter(
    (file) => patterns.length === 0 || patterns.some((part) => file.includes(part)),
  );
  return { files: chosen, options };
}
