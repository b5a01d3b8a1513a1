/**
 * Random bytes on a phone. wx.getRandomValues answers later, and a message needs its cid now: so bytes are fetched
 * ahead, and where there are none yet, Math.random and the time make them up. No byte is given out twice.
 */

/** `count` bytes. */
export type RandomBytes = (count: number) => Uint8Array;

/** Of the global `wx`: what is used. Old versions of the platform have no getRandomValues. */
export type WxRandom = Partial<Pick<WechatMiniprogram.Wx, 'getRandomValues'>>;

const AHEAD = 512;

export function createWxRandom(wx: WxRandom): RandomBytes {
  let pool = new Uint8Array();
  let isFetching = false;

  function fetchAhead(): void {
    if (isFetching || !wx.getRandomValues) return;
    isFetching = true;
    wx.getRandomValues({
      length: AHEAD,
      success: ({ randomValues }) => (pool = new Uint8Array(randomValues)),
      complete: () => (isFetching = false),
    });
  }

  fetchAhead();
  return (count) => {
    const bytes = pool.length >= count ? pool.subarray(0, count) : madeUp(count);
    pool = pool.subarray(count);
    if (pool.length < AHEAD / 2) fetchAhead();
    return bytes;
  };
}

function madeUp(count: number): Uint8Array {
  const bytes = Uint8Array.from({ length: count }, () => Math.floor(Math.random() * 256));
  for (
    let index = 0, time = Date.now();
    index < Math.min(6, count);
    index += 1, time = Math.floor(time / 256)
  ) {
    bytes[index] = (bytes[index] ?? 0) ^ (time & 255);
  }
  return bytes;
}
