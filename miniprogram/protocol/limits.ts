/**
 * The limits of protocol §2: their names, units and defaults. Every client learns the values in force from the
 * reply to `session.hello`; nobody but a server at its start falls back on the defaults.
 */

export interface Limits {
  /** Largest frame that a client sends, in bytes of UTF-8; a page of long texts that it gets may be larger. */
  frame: number;
  /** Longest text of one message, in Unicode code points. */
  text: number;
  /** Members of a group that is not open. Open and live rooms have no such limit. */
  members: number;
  /** Entries in one page of `message.history`. */
  page: number;
  /** Sockets one user may hold at once; one more closes the oldest. */
  sockets: number;
  /** Requests one socket may have open at once. */
  requests: number;
  /** Sends of one user per second, sustained, and in one burst. */
  sends: { perSecond: number; burst: number };
  /** Seconds within which one may recall one's own message. */
  recall: number;
  /** Largest file that one may upload, in bytes. */
  file: number;
  /** MiB that one user may upload within 24 hours. */
  uploads: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  frame: 65_536,
  text: 2_000,
  members: 500,
  page: 100,
  sockets: 8,
  requests: 32,
  sends: { perSecond: 10, burst: 20 },
  recall: 120,
  file: 10_485_760,
  uploads: 1_024,
};

/** Different emoji that one entry may bear. */
export const REACTIONS = 20;
/** 9999-12-31: the `mutedUntil` of a mute that does not end by itself. */
export const FOREVER = 253_402_300_799_000;
/** Entries of one room that a hello makes up for by itself; a room that misses more is `behind`. */
export const CATCH_UP_ENTRIES = 200;
/** The first frame is due this long after the socket opened. */
export const HELLO_DEADLINE_MS = 10_000;
/** Every request is answered within this time, if only by TIMEOUT. */
export const REPLY_DEADLINE_MS = 10_000;
/** A client that has sent nothing for so long sends `session.ping`. */
export const HEARTBEAT_MS = 10_000;
/** A client takes its socket for dead when an answer is so late … */
export const REPLY_LATE_MS = 5_000;
/** … and so late when it probes after the app came to the foreground or the network changed. */
export const PROBE_LATE_MS = 2_000;
/** At most one `typing` push per user and room in this time. */
export const TYPING_EVERY_MS = 3_000;
