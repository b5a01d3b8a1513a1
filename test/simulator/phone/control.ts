/** What the page around a phone can do to it and see of it. The shell finds it as `phone` on the phone's window. */
import type { Theme } from '../compile/manifest.ts';
import type { Presence } from './background.ts';
import type { FrameNote, SetDataNote, Traffic } from './meter.ts';
import type { ThreadState } from './thread.ts';

export interface PhoneStatus {
  page: string;
  presence: Presence['name'];
  thread: ThreadState;
  /** Tasks that wait for the app. */
  waiting: number;
  /** By how much its clock is ahead of the real one, ms. */
  aheadMs: number;
  /** Of the app's own tree: how it sees its connection; '' where it has none. */
  link: string;
  session: string;
  /** Messages that wait to be sent. */
  unsent: number;
  sockets: number;
  storageUsed: number;
  storageFilled: boolean;
  traffic: Traffic;
  frames: readonly FrameNote[];
  /** The last setData calls, newest last. */
  setData: readonly SetDataNote[];
  /** What the app asked for in vain; see complaints.ts. */
  missing: readonly string[];
}

export interface PhoneControl {
  status(): PhoneStatus;
  /** The person leaves WeChat; see background.ts. */
  leave(): void;
  comeBack(): void;
  /** So much time goes by, at once. */
  pass(ms: number): void;
  /** What the phone tells its app of the network; the line itself is cut elsewhere (serve/line.ts). */
  setConnected(isConnected: boolean): void;
  fillStorage(): void;
  emptyStorage(): void;
  /** As when the person deletes the mini-program; the app is to be started again. */
  clearStorage(): Promise<void>;
  /** Ms that every task takes longer; 0 for a fast phone. */
  slow(ms: number): void;
  setTheme(theme: Theme): void;
  /** Opens a page over the one on top, as `wx.navigateTo` does. */
  open(url: string): void;
  /** WeChat starts anew with other settings, as it does after a change of language: see settings.ts. */
  restartWith(changes: { lang?: string; font?: string; page?: string }): void;
}
