/**
 * What a disk holds after a power cut, by what `strace` wrote down of a server: of every file what had been written
 * when its last fsync was asked for, and of what was written since, nothing, or any part of it. Pure: a trace goes in,
 * files come out. That a file exists at all is taken for durable.
 */

/** For `strace -D -f`: everything in hexadecimal, with the paths of files. */
export const STRACE = [
  ...['strace', '-D', '-f', '-y', '-xx', '-s', '1048576'],
  ...['-e', 'trace=pwrite64,ftruncate,fdatasync,fsync,unlink,write,writev,sendto,sendmsg'],
];

/** A change of a file; `at` and `done`: lines of the trace in which it began and had returned. */
type Change = { file: string; at: number; done: number } & (
  | { type: 'write'; offset: number; bytes: Buffer }
  | { type: 'truncate'; length: number }
  | { type: 'sync' }
  | { type: 'unlink' }
);

export interface Trace {
  changes: readonly Change[];
  /** Lines in which bytes left, as strace quotes them. */
  leaving: readonly { line: number; text: string }[];
}

export function readTrace(text: string): Trace {
  const changes: Change[] = [];
  const leaving: { line: number; text: string }[] = [];
  const unfinished = new Map<string, Change>();
  for (const [line, row] of text.split('\n').entries()) {
    const [, thread = '', resumed, name = '', rest = ''] = /^(\d+) +(<\.\.\. )?(\w+)(.*)/s.exec(row) ?? [];
    if (resumed !== undefined) {
      const change = unfinished.get(thread);
      if (change) change.done = line;
      unfinished.delete(thread);
      continue;
    }
    if (/^(write|writev|sendto|sendmsg)$/.test(name)) leaving.push({ line, text: rest });
    const change = changeOf(name, rest, line);
    if (!change) continue;
    changes.push(change);
    if (!rest.endsWith('<unfinished ...>')) continue;
    change.done = Infinity;
    unfinished.set(thread, change);
  }
  return { changes, leaving };
}

function changeOf(name: string, rest: string, line: number): Change | null {
  const at = { at: line, done: line };
  if (name === 'unlink') {
    const [, path = ''] = /^\("((?:\\x[0-9a-f]{2})+)"/.exec(rest) ?? [];
    return { type: 'unlink', file: fromHex(path).toString(), ...at };
  }
  const [, file = '', more = ''] = /^\(\d+<([^>]*)>(.*)/s.exec(rest) ?? [];
  const own = { file: file.startsWith('\\x') ? fromHex(file).toString() : file, ...at };
  if (name === 'fsync' || name === 'fdatasync') return { type: 'sync', ...own };
  if (name === 'ftruncate') return { type: 'truncate', length: Number(/^, (\d+)/.exec(more)?.[1]), ...own };
  if (name !== 'pwrite64') return null;
  const [, bytes = '', cut, offset] = /^, "((?:\\x[0-9a-f]{2})*)"(\.\.\.)?, \d+, (\d+)/.exec(more) ?? [];
  if (cut !== undefined || offset === undefined) throw new Error(`line ${line} of the trace is cut off`);
  return { type: 'write', offset: Number(offset), bytes: fromHex(bytes), ...own };
}

/** As strace writes strings with -xx. */
export const toHex = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

const fromHex = (text: string): Buffer => Buffer.from(text.replaceAll('\\x', ''), 'hex');

/**
 * The files after a power cut at that line of the trace.
 * @param survives asked of each write that no fsync had covered
 */
export function imageAt(
  { changes }: Trace,
  line: number,
  survives: () => boolean = () => false,
): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const open = new Map<string, Change[]>();
  for (const change of inOrder(changes, line)) {
    const { file } = change;
    if (change.type === 'unlink') {
      files.delete(file);
      open.delete(file);
    } else if (change.type === 'sync') {
      const left: Change[] = [];
      for (const one of open.get(file) ?? []) {
        // What was written while the fsync was under way may have come too late for it.
        if (one.done < change.at) files.set(file, applied(files.get(file), one));
        else left.push(one);
      }
      open.set(file, left);
    } else {
      open.set(file, [...(open.get(file) ?? []), change]);
    }
  }
  for (const [file, lost] of open) {
    for (const one of lost) if (survives()) files.set(file, applied(files.get(file), one));
  }
  return files;
}

/** A write counts from its beginning, an fsync from its return; one that never returned does not count. */
function inOrder(changes: readonly Change[], line: number): Change[] {
  const when = (change: Change) => (change.type === 'sync' ? change.done : change.at);
  return changes
    .filter((change) => when(change) <= line && when(change) < Infinity)
    .sort((one, other) => when(one) - when(other));
}

function applied(before: Buffer = Buffer.alloc(0), change: Change): Buffer {
  if (change.type === 'truncate') {
    const after = Buffer.alloc(change.length);
    before.copy(after);
    return after;
  }
  if (change.type !== 'write') return before;
  const end = change.offset + change.bytes.length;
  const after = end > before.length ? Buffer.concat([before, Buffer.alloc(end - before.length)]) : before;
  change.bytes.copy(after, change.offset);
  return after;
}
