/** The only caller of wx.login: gives a code that the server exchanges, once and within 5 minutes. */
import { ChatError } from './chat-error';

/** Of the global `wx`: what is used. */
export type WxLogin = Pick<WechatMiniprogram.Wx, 'login'>;

export function createWxLogin(wx: WxLogin): () => Promise<string> {
  return () =>
    new Promise((resolve, reject) => {
      wx.login({
        success: ({ code }) => resolve(code),
        fail: () => reject(new ChatError('OFFLINE', 'wx.login gave no code.')),
      });
    });
}
