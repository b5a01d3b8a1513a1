/**
 * Which nodes there are and how each of them is, for an operator who asks. Nodes say now and then that they are there
 * and say goodbye when they stop; whoever wants to know asks all of them over the bus, and waits no longer than a
 * moment. One that was heard lately and says nothing is told as silent, never left out.
 */
import type { Timestamp } from '../../miniprogram/protocol/objects.ts';
import type { Bus, BusMessage, Clock, NodeId, NodeStatus, Undo } from './ports.ts';
import { NODES_SUBJECT, nodeSubject } from './subjects.ts';

export interface NodesDeps {
  bus: Bus;
  clock: Clock;
  /** This one. */
  node: NodeId;
  /** What people call it: host, port, worker. */
  name: string;
  /** How it is; bounded in time. */
  status: () => Promise<Omit<NodeStatus, 'id' | 'name'>>;
}

/** All of them, by name, and who did not answer. */
export interface Roll {
  nodes: NodeStatus[];
  silent: { id: NodeId; name: string; lastHeard: Timestamp }[];
}

interface Known {
  name: string;
  /** Wall clock, for people. */
  heard: Timestamp;
}

interface Asking {
  missing: Set<NodeId>;
  answers: NodeStatus[];
  finish: () => void;
}

export const BEAT_MS = 5_000;
/** Who has not answered by then is silent. */
export const ANSWER_MS = 2_000;
/** A node that was killed is told as silent for so long. */
export const FORGET_MS = 10 * 60_000;
/** Nodes that are remembered. */
const MOST = 1_000;

export class Nodes {
  readonly #deps: NodesDeps;
  readonly #known = new Map<NodeId, Known>();
  readonly #asking = new Map<number, Asking>();
  #rounds = 0;
  readonly #undos: Undo[];

  constructor(deps: NodesDeps) {
    this.#deps = deps;
    const hear = (message: BusMessage): void => this.#hear(message);
    const subjects = [NODES_SUBJECT, nodeSubject(deps.node)];
    this.#undos = subjects.map((subject) => deps.bus.subscribe(subject, hear));
    if (deps.bus.isAlone) return;
    this.#undos.push(
      deps.clock.every(BEAT_MS, () => this.#beat()),
      deps.bus.onReturn(() => this.#beat()),
    );
    this.#beat();
  }

  /** Says goodbye. */
  stop(): void {
    const { bus, node, name } = this.#deps;
    for (const undo of this.#undos) undo();
    if (!bus.isAlone) bus.publish(NODES_SUBJECT, { type: 'beat', node, name, leaves: true });
  }

  /** Within a moment more than ANSWER_MS. */
  async call(): Promise<Roll> {
    const { bus, node, clock } = this.#deps;
    this.#forget();
    const own = this.#own();
    const missing = new Set(this.#known.keys());
    if (bus.isAlone || missing.size === 0) return { nodes: [await own], silent: [] };
    const round = (this.#rounds += 1);
    const answers: NodeStatus[] = [];
    await new Promise<void>((resolve) => {
      const undo = clock.after(ANSWER_MS, () => finish());
      const finish = (): void => {
        undo();
        this.#asking.delete(round);
        resolve();
      };
      this.#asking.set(round, { missing, answers, finish });
      bus.publish(NODES_SUBJECT, { type: 'status?', node, round });
    });
    const silent = [...missing].flatMap((id) => {
      const known = this.#known.get(id);
      return known ? [{ id, name: known.name, lastHeard: known.heard }] : [];
    });
    return { nodes: [await own, ...answers].sort(byName), silent: silent.sort(byName) };
  }

  async #own(): Promise<NodeStatus> {
    const { node: id, name, status } = this.#deps;
    return { id, name, ...(await status()) };
  }

  #beat(): void {
    const { bus, node, name } = this.#deps;
    bus.publish(NODES_SUBJECT, { type: 'beat', node, name });
  }

  #hear(message: BusMessage): void {
    const { node: self, bus } = this.#deps;
    if (message.type === 'status') return this.#take(message.round, message.status);
    if (message.type !== 'beat' && message.type !== 'status?') return;
    if (message.node === self) return;
    if (message.type === 'beat') {
      const isNew = !this.#known.has(message.node);
      if (message.leaves) this.#known.delete(message.node);
      else this.#note(message.node, message.name);
      // One that has just come would know of nobody until the next beat.
      if (isNew && this.#known.has(message.node)) this.#beat();
      return;
    }
    const { node: asker, round } = message;
    void this.#own().then((status) => bus.publish(nodeSubject(asker), { type: 'status', round, status }));
  }

  #take(round: number, status: NodeStatus): void {
    this.#note(status.id, status.name);
    const asking = this.#asking.get(round);
    if (!asking || asking.answers.some(({ id }) => id === status.id)) return;
    asking.answers.push(status);
    asking.missing.delete(status.id);
    if (asking.missing.size === 0) asking.finish();
  }

  #note(id: NodeId, name: string): void {
    if (!this.#known.has(id) && this.#known.size >= MOST) this.#forget();
    if (this.#known.size < MOST) this.#known.set(id, { name, heard: this.#deps.clock.now() });
  }

  #forget(): void {
    const since = this.#deps.clock.now() - FORGET_MS;
    for (const [id, { heard }] of this.#known) if (heard < since) this.#known.delete(id);
  }
}

const byName = (a: { name: string }, b: { name: string }): number =>
  a.name < b.name ? -1 : Number(a.name > b.name);
