/**
 * THE list of faults (M1–M28) and where each is tried. A row names test files, and with `only` the tests of them by a
 * part of their names; what cannot be tried on a machine like this one says why, and no row is silent.
 */

export interface Row {
  id: string;
  fault: string;
  files: readonly string[];
  /** A pattern of test names, where not all of the files' tests are meant. */
  only?: string;
  /** What of it is not tried, and why. */
  lacks?: string;
}

const NOT_HERE = 'true reordering of packets wants a shim below TCP';

export const matrix: readonly Row[] = [
  { id: 'M1', fault: 'kill -9 in the middle of writes', files: ['faults/crash'] },
  {
    id: 'M2',
    fault: 'power loss: acknowledged only after the fsync',
    files: ['faults/durable-order', 'faults/power-loss'],
  },
  { id: 'M3', fault: 'SIGTERM under load', files: ['faults/shutdown'] },
  { id: 'M4', fault: 'the database is gone', files: ['faults/database-gone'] },
  {
    id: 'M5',
    fault: 'the database or the disk is slow',
    files: ['faults/slow-disk', 'faults/database-gone'],
  },
  {
    id: 'M6',
    fault: 'failover of the primary',
    files: ['store/mongo-faults'],
    lacks: 'no real election: there is no MongoDB here; its answers are given by the wire proxy',
  },
  { id: 'M7', fault: 'the bus is cut in two', files: ['nodes/two-nodes'] },
  { id: 'M8', fault: 'the bus is down, or loses messages', files: ['nodes/two-nodes'] },
  { id: 'M9', fault: 'half-open connections', files: ['faults/half-open', 'net/connection-frozen'] },
  {
    id: 'M10',
    fault: 'the app is frozen, thawed, destroyed',
    files: ['net/connection-frozen', 'e2e/two-phones'],
  },
  {
    id: 'M11',
    fault: 'the app is killed with messages in its outbox',
    files: ['sync/outbox', 'e2e/two-phones'],
  },
  { id: 'M12', fault: "the phone's storage is full, or emptied", files: ['sync/outbox', 'sync/cache'] },
  {
    id: 'M13',
    fault: 'a slow network with loss',
    files: ['faults/network'],
    lacks: 'loss of packets is in the preview alone, as stalls: TCP repairs it',
  },
  {
    id: 'M14',
    fault: 'bytes split, repeated, in another order below TCP',
    files: ['faults/network'],
    lacks: NOT_HERE,
  },
  { id: 'M15', fault: 'clocks that are wrong', files: ['faults/clock'] },
  { id: 'M16', fault: 'the disk is full, or fails', files: ['store/sqlite-durability', 'faults/disk-full'] },
  { id: 'M17', fault: 'a reader that stops reading', files: ['faults/slow-reader'] },
  {
    id: 'M18',
    fault: 'everybody comes back at once',
    files: ['faults/shutdown'],
    lacks: '5,000 clients: `npm run bench -- --part storm`',
  },
  { id: 'M19', fault: 'the same message again', files: ['faults/lost-reply', 'nodes/two-nodes'] },
  { id: 'M20', fault: 'many writers in one room', files: ['faults/many-writers', 'nodes/two-nodes'] },
  { id: 'M21', fault: 'old frames, old cursors, another epoch', files: ['e2e/protocol', 'session/catch-up'] },
  { id: 'M22', fault: 'garbage in frames', files: ['security/frames', 'security/fuzz', 'security/json'] },
  { id: 'M23', fault: 'the token ends in the middle', files: ['security/tokens', 'net/token-renewal'] },
  { id: 'M24', fault: 'keys are changed under load', files: ['security/key-rotation'] },
  { id: 'M25', fault: '10,000 messages were missed', files: ['faults/long-absence'] },
  { id: 'M26', fault: 'the server stands still', files: ['faults/half-open'], only: 'stood still|stall' },
  { id: 'M27', fault: 'no file descriptors are left', files: ['faults/descriptors'] },
  { id: 'M28', fault: 'all of it at random, two at a time', files: ['faults/nemesis'] },
];
