/**
 * Owns a step: one child process with a name, a time, and its output. Steps run a few at a time, so each
 * one's output is held back until it ends and printed in one piece; of a step that passed, one line. Never
 * hides a word of a step that failed.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { root } from './set-up.mjs';

/** @typedef {{name: string, args: string[]}} Step what `node` is given */

const colours = Boolean(process.stdout.isTTY) && !process.env.CI && !process.env.NO_COLOR;

/**
 * Runs them all, whatever fails.
 *
 * @param {string} node
 * @param {readonly Step[]} steps
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runSteps(node, steps) {
  const waiting = [...steps];
  /** @type {string[]} */
  const failed = [];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      if (!(await runStep(node, step))) failed.push(step.name);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return failed;
}

/**
 * @param {string} node
 * @param {Step} step
 * @returns {Promise<boolean>} whether it passed
 */
function runStep(node, step) {
  const began = Date.now();
  const env = { ...process.env, ...(colours ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) };
  const child = spawn(node, step.args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {Buffer[]} */
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));

  return new Promise((resolve) => {
    /** @param {boolean} passed */
    const end = (passed) => {
      console.log(`${passed ? '✔' : '✖'} ${step.name} (${seconds(began)})`);
      if (!passed) process.stdout.write(Buffer.concat(output));
      resolve(passed);
    };
    child.on('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** @param {number} began milliseconds since the Unix epoch */
export function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}
