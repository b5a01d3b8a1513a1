/** The only caller of the phone's storage. */
import type { Storage } from './storage';

/** Of the global `wx`: what is used. */
export type WxStorage = Pick<
  WechatMiniprogram.Wx,
  'getStorageSync' | 'setStorageSync' | 'removeStorageSync' | 'getStorageInfoSync'
>;

export function createWxStorage(wx: WxStorage): Storage {
  return {
    read: (key) =>
      quietly(() => {
        const value: unknown = wx.getStorageSync(key);
        return value === '' ? null : value; // '' is how wx says "nothing".
      }, null),

    write: (key, value) =>
      quietly(() => {
        wx.setStorageSync(key, value);
        return true;
      }, false),

    remove: (key) => quietly(() => wx.removeStorageSync(key), undefined),

    keys: () => quietly(() => wx.getStorageInfoSync().keys, []),
  };
}

/** Every one of these calls may throw: no room, no permission, a storage that the system is clearing. */
function quietly<T>(call: () => T, otherwise: T): T {
  try {
    return call();
  } catch {
    return otherwise;
  }
}
