/** What a shell offers with the script of `chahua completion SHELL`, asked of the shell itself. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Terminal } from './terminal.ts';

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

/** What is run in each after its script; the words typed are its arguments. Each prints an offer a line. */
const SHELLS: [shell: string, options: string[], ask: string][] = [
  ['bash', [], `COMP_WORDS=(chahua "$@"); COMP_CWORD=$#; _chahua; printf '%s\\n' "\${COMPREPLY[@]}"`],
  [
    'zsh',
    ['--no-rcs'],
    // Outside of its line editor zsh knows no compadd: here it offers what begins like the last word, as the real one.
    `compadd() { shift; for one in "$@"; do [[ $one == "\${words[-1]}"* ]] && print -r -- "$one"; done; }
     _files() { : }; words=(chahua "$@"); CURRENT=$#words; _chahua`,
  ],
  ['fish', ['--no-config'], `complete --do-complete="chahua $argv" | string split --fields 1 \\t; true`],
];

for (const [shell, options, ask] of SHELLS) {
  const skip = spawnSync(shell, ['--version']).error ? `there is no ${shell} on this machine` : false;

  test(`${shell} offers nouns, verbs, options and what an option may be`, { skip }, async () => {
    const { out } = await new Terminal().run('completion', shell);
    // A shell that completes has these; one that runs a script has not.
    const script = shell === 'zsh' ? `compdef() { : }\n${out}` : out;
    for (const [typed, offered] of OFFERS) {
      // What stands behind a command is $0 for all but fish.
      const words = shell === 'fish' ? typed : [shell, ...typed];
      const given = execFileSync(shell, [...options, '-c', `${script}\n${ask}`, ...words], {
        encoding: 'utf8',
      });
      assert.deepEqual(given.trim().split('\n').sort(), [...offered].sort(), typed.join(' '));
    }
  });
}
