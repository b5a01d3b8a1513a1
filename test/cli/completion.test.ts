/** What bash offers with the script of `chahua completion bash`, asked of bash itself. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Terminal } from './terminal.ts';

const SHELL = 'bash';
const skip = spawnSync(SHELL, ['--version']).error ? 'there is no bash on this machine' : false;

/** The last word is the one that is being typed. */
const OFFERS: [typed: string[], offered: string[]][] = [
  [['us'], ['user']],
  [['user', 'm'], ['mute']],
  [
    ['user', 'mute', '--r'],
    ['--reason', '--room'],
  ],
  [['user', 'mute', '小明', '--for', '10m', '--dry'], ['--dry-run']],
  [['message', 'recall', '大厅', '120', '--y'], ['--yes']],
  [['export', '大厅', '--fo'], ['--format']],
  [
    ['export', '大厅', '--format', ''],
    ['jsonl', 'csv', 'html'],
  ],
  [['words', 'add', 'x', '--action', 'm'], ['mask']],
  [['help', 'us'], ['user']],
  [['help', 'user', 'unm'], ['unmute']],
  [['completion', 'z'], ['zsh']],
  [['h'], ['help']],
];

test('bash offers nouns, verbs, options and what an option may be', { skip }, async () => {
  const { out: script } = await new Terminal().run('completion', 'bash');
  for (const [typed, offered] of OFFERS) {
    const asked = `COMP_WORDS=(chahua "$@"); COMP_CWORD=$#; _chahua; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const given = execFileSync(SHELL, ['-c', `${script}\n${asked}`, SHELL, ...typed], { encoding: 'utf8' });
    assert.deepEqual(given.trim().split('\n'), offered, typed.join(' '));
  }
});
