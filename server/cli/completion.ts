/** `chahua completion bash|zsh|fish`: a script for the shell, made from the commands as they are. */
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { Exit, Failure } from './exit.ts';
import { examplesText } from './verb.ts';

/** `''` the nouns, `room` its verbs, `room list` its options, `words add --action` what that option may be. */
type Tree = Map<string, string[]>;

export function addCompletion(program: Command, { io }: Context): void {
  program
    .command('completion SHELL')
    .description('a script for bash, zsh or fish that completes verbs and options')
    .addHelpText(
      'after',
      examplesText([
        'completion bash >> ~/.bashrc',
        'completion zsh > ~/.zfunc/_chahua',
        'completion fish > ~/.config/fish/completions/chahua.fish',
      ]),
    )
    .action((shell: string) => {
      const write = SHELLS.get(shell);
      if (!write) throw new Failure(Exit.USAGE, `SHELL: ${JSON.stringify(shell)}; allowed: bash, zsh, fish`);
      io.out(write(treeOf(program)));
    });
}

function treeOf(program: Command): Tree {
  const tree: Tree = new Map();
  const visit = (command: Command, path: string): void => {
    const verbs = command.commands.map((sub) => sub.name()).filter((name) => name !== 'help');
    const options = command.options.flatMap(({ long }) => (long ? [long] : []));
    const words = path === 'completion' ? [...SHELLS.keys()] : verbs;
    tree.set(path, [...words, ...(verbs.length > 0 ? ['help'] : []), ...options, '--help']);
    for (const { long, argChoices } of command.options) {
      if (long && argChoices) tree.set(`${path} ${long}`, argChoices);
    }
    const topic = path === '' ? 'help' : `help ${path}`;
    if (verbs.length > 0) tree.set(topic, verbs);
    for (const sub of command.commands) {
      if (sub.name() !== 'help') visit(sub, path === '' ? sub.name() : `${path} ${sub.name()}`);
    }
  };
  visit(program, '');
  return tree;
}

const isValues = (path: string): boolean => path.includes(' --');

const cases = (tree: Tree, of: 'words' | 'values' = 'words'): string =>
  [...tree]
    .filter(([path]) => isValues(path) === (of === 'values'))
    .map(([path, words]) => `    ${patternOf(path)}) words='${words.join(' ')}' ;;`)
    .join('\n');

/** Before an option may stand what the verb is about: `export 大厅 --format`. */
const patternOf = (path: string): string => `'${path.replace(' --', "'*' --")}'`;

/** The words before the cursor that are no options, at most two: the noun and the verb. */
const bash = (tree: Tree): string => `# chahua completion bash
_chahua() {
  local path='' words='' word count=0
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && continue
    (( count == 2 )) && break
    path="\${path:+$path }$word"; count=$((count + 1))
  done
  case "$path \${COMP_WORDS[COMP_CWORD-1]}" in
${cases(tree, 'values')}
  esac
  [[ -n $words ]] || case "$path" in
${cases(tree)}
    *) path="\${path%% *}" ; case "$path" in
${cases(tree)}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _chahua chahua
`;

const zsh = (tree: Tree): string => `#compdef chahua
# chahua completion zsh
_chahua() {
  local cur='' path_='' word list='' count=0
  for word in "\${words[@]:1:$((CURRENT - 2))}"; do
    [[ $word == -* ]] && continue
    (( count == 2 )) && break
    path_="\${path_:+$path_ }$word"; count=$((count + 1))
  done
  case "$path_ \${words[CURRENT - 1]}" in
${cases(tree, 'values').replaceAll("words='", "list='")}
  esac
  [[ -n $list ]] || case "$path_" in
${cases(tree).replaceAll("words='", "list='")}
    *) case "\${path_%% *}" in
${cases(tree).replaceAll("words='", "list='")}
    esac ;;
  esac
  compadd -- \${=list}
  _files
}
# Loaded from fpath at the first Tab, it has to answer that one too.
if [[ \${funcstack[1]} == _chahua ]]; then _chahua "$@"; else compdef _chahua chahua; fi
`;

const seen = (parts: readonly string[]): string =>
  parts.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ');

const fish = (tree: Tree): string => {
  const lines = [...tree].flatMap(([path, words]) => {
    if (isValues(path)) {
      const [verb = '', option = ''] = path.split(' --');
      return [`complete -c chahua -n '${seen(verb.split(' '))}' -l ${option} -x -a '${words.join(' ')}'`];
    }
    const parts = path === '' ? [] : path.split(' ');
    const condition = parts.length === 0 ? '__fish_use_subcommand' : seen(parts);
    return words.map((word) =>
      word.startsWith('--')
        ? `complete -c chahua -n '${condition}' -l ${word.slice(2)}`
        : `complete -c chahua -f -n '${condition}' -a ${word}`,
    );
  });
  return `# chahua completion fish\n${lines.join('\n')}\n`;
};

const SHELLS = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);
