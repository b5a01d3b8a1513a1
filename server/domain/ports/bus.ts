/** What nodes tell each other, and what carries it. */
import type { ReportAction } from '../../../miniprogram/protocol/frames.ts';
import type { Entry, RoomId, Seq, Timestamp, UserId } from '../../../miniprogram/protocol/objects.ts';
import type { Undo } from './clock.ts';

/** One life of one server process; a new one each time that it starts. */
export type NodeId = string;

/** Whether something behind a node answers, and after how long. */
export interface Health {
  up: boolean;
  ms: number;
}

/** How a node is, in its own words. */
export interface NodeStatus {
  id: NodeId;
  /** Host, port and worker. */
  name: string;
  version: string;
  uptimeSeconds: number;
  sockets: number;
  /** With sockets on it. */
  users: number;
  /** That it follows. */
  rooms: number;
  sendsPerSecond: number;
  store: Health;
  bus: Health;
}

/** What nodes tell each other. A kind more here is a row more in bus/codec.ts. */
export type BusMessage =
  /** Consecutive entries, just stored. */
  | { type: 'entries'; room: RoomId; entries: Entry[] }
  | { type: 'read'; room: RoomId; user: UserId; seq: Seq }
  | { type: 'typing'; room: RoomId; user: UserId }
  /** To one user's sockets: what they see of a room has changed, or they see it now. */
  | { type: 'room'; user: UserId; room: RoomId }
  /** A user's sanctions have changed: nodes read them anew. */
  | { type: 'sanctions'; user: UserId }
  /** The word list has changed: nodes read it anew. */
  | { type: 'words' }
  /** To one user's sockets: a report of theirs was resolved. */
  | { type: 'report'; user: UserId; id: string; room: RoomId; target: Seq; action: ReportAction }
  /** To all nodes: this one has its first socket of a user, or has lost the last. */
  | { type: 'presence'; node: NodeId; user: UserId; online: boolean; lastSeen?: Timestamp }
  /** To all nodes: which of these users have you? The answer goes to the node that asks. */
  | { type: 'who'; node: NodeId; users: UserId[] }
  /** To one node: these users are here. */
  | { type: 'here'; node: NodeId; users: UserId[] }
  /** To all nodes: this one is there, or stops. */
  | { type: 'beat'; node: NodeId; name: string; leaves?: boolean }
  /** To all nodes: how are you? The answer goes to the node that asks. */
  | { type: 'status?'; node: NodeId; round: number }
  | { type: 'status'; round: number; status: NodeStatus }
  /** End the sockets of a user, or of one login. */
  | { type: 'hangup'; user: UserId; sid?: string; closeCode: number; reason: string };

/**
 * Carries messages between nodes, the sender's own included. It may lose, double and reorder them: order and truth
 * live in the store alone. A subject is one or more words of [A-Za-z0-9_-] with dots between them.
 */
export interface Bus {
  /** Where the bus is away the message reaches this node alone. Never throws, never waits. */
  publish(subject: string, message: BusMessage): void;
  /** The listener must not throw. */
  subscribe(subject: string, listener: (message: BusMessage) => void): Undo;
  /** Messages may have been lost: the bus was away and is back. Whoever relies on them looks at the store now. */
  onReturn(listener: () => void): Undo;
  /** There are no other nodes: what is published is never lost. */
  readonly isAlone: boolean;
  /** What is published reaches this node alone, for now. */
  readonly isAway: boolean;
  /** Rejects where the bus is away. Subscriptions made before are in force, on every node, when it resolves. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
