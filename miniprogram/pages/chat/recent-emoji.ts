/** The emoji used last, over restarts of the app: a comfort, so a storage that refuses costs nothing else. */

const KEY = 'emoji';
export const MOST_RECENT = 16;

export function recentEmoji(): string[] {
  const kept: unknown = wx.getStorageSync(KEY);
  return Array.isArray(kept) ? kept.filter((emoji) => typeof emoji === 'string').slice(0, MOST_RECENT) : [];
}

/** @returns them with `emoji` first */
export function used(emoji: string): string[] {
  const recent = [emoji, ...recentEmoji().filter((other) => other !== emoji)].slice(0, MOST_RECENT);
  try {
    wx.setStorageSync(KEY, recent);
  } catch {
    // The phone is full; the bar above says so where it matters.
  }
  return recent;
}
