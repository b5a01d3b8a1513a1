/**
 * C7 on what `strace` wrote down: nothing that speaks of a message, neither its acknowledgement nor the entry itself,
 * leaves the process before the fsync that covers its row has returned. Pure: a trace goes in, violations come out.
 */

/** For `strace -D -f`: what is to be written down, and that the traced process is the child itself. */
export const STRACE = [
  ...['strace', '-D', '-f', '-s', '16384'],
  ...['-e', 'trace=write,writev,pwrite64,fdatasync,fsync,sendto,sendmsg'],
];

export interface Acknowledged {
  cid: string;
  seq: number;
  ts: number;
}

interface SystemCall {
  name: string;
  fd: string;
  /** As strace quotes it. */
  text: string;
  /** Places in the trace: where it began and where it had returned. */
  began: number;
  returned: number;
}

export function durableOrder(trace: string, acknowledged: readonly Acknowledged[]): string[] {
  const calls = callsIn(trace);
  return acknowledged.flatMap(({ cid, seq, ts }) => {
    const row = calls.find(({ name, text }) => name === 'pwrite64' && text.includes(cid));
    if (!row) return [`C7: ${cid} was acknowledged and never written`];
    const sync = calls.find(
      ({ name, fd, began }) => /^f(data)?sync$/.test(name) && fd === row.fd && began > row.returned,
    );
    // With the quotes as strace writes them.
    const ack = JSON.stringify(`"ok":true,"body":{"seq":${seq},"ts":${ts}`).slice(1, -1);
    const leaving = calls.filter(({ name }) => /^(write|writev|sendto|sendmsg)$/.test(name));
    const first = leaving.find(({ text }) => text.includes(cid) || text.includes(ack));
    if (!leaving.some(({ text }) => text.includes(ack)))
      return [`C7: the trace has no acknowledgement of ${cid}`];
    if (first && sync && sync.returned < first.began) return [];
    return [
      `C7: ${cid} left in line ${first?.began}, was written in ${row.returned}, synced in ${sync?.returned}`,
    ];
  });
}

/** In the order of their beginning. */
function callsIn(trace: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, SystemCall>();
  for (const [line, text] of trace.split('\n').entries()) {
    const [, thread = '', resumed, name = '', rest = ''] = /^(\d+) +(<\.\.\. )?(\w+)(.*)/.exec(text) ?? [];
    if (resumed !== undefined) {
      const call = unfinished.get(thread);
      if (call) call.returned = line;
      unfinished.delete(thread);
      continue;
    }
    const [, fd = ''] = /^\((\d+)/.exec(rest) ?? [];
    if (fd === '') continue; // a signal, or the end of a thread
    const call: SystemCall = { name, fd, text: rest, began: line, returned: line };
    calls.push(call);
    if (!rest.endsWith('<unfinished ...>')) continue;
    call.returned = Infinity;
    unfinished.set(thread, call);
  }
  return calls;
}
