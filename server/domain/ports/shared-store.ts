/** What the nodes of one server share about a service outside: its token, who may renew it, how often it may be asked. */
import type { Timestamp } from '../../../miniprogram/protocol/objects.ts';

export interface Shared {
  value: string;
  expires: Timestamp;
}

export interface SharedStore {
  /** What was shared last under this name, expired or not; null where nothing was. */
  shared(name: string): Promise<Shared | null>;
  share(name: string, shared: Shared): Promise<void>;
  /**
   * True where `holder` holds the lease of this name from `now` until `until`: nobody held it, its time was over at
   * `now`, or it was the holder's before. Of many who ask at once one gets it.
   */
  lease(lease: { name: string; holder: string; now: Timestamp; until: Timestamp }): Promise<boolean>;
  /** Ends the lease where it is the holder's. */
  release(name: string, holder: string): Promise<void>;
  /**
   * Takes up to `want` of what is left of `most` in the window that ends at `ends`; all that is taken of one window,
   * by whomever, is never more than `most`. Windows that ended at `now` are forgotten. @returns how many were taken
   */
  take(taking: {
    name: string;
    ends: Timestamp;
    want: number;
    most: number;
    now: Timestamp;
  }): Promise<number>;
}
