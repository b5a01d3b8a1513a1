/**
 * The only caller of wx.requestSubscribeMessage, which wants to be called while a tap is handled, and in the
 * background or with the main switch off (20004) does not ask at all.
 */

/** Of the global `wx`: what is used. */
export type WxSubscribe = Pick<WechatMiniprogram.Wx, 'requestSubscribeMessage'>;

/** By template what the person said. Rejects where nobody was asked. */
export function createWxSubscribe(
  wx: WxSubscribe,
): (templates: string[]) => Promise<Readonly<Record<string, string>>> {
  return (tmplIds) =>
    new Promise((resolve, reject) => {
      wx.requestSubscribeMessage({
        tmplIds,
        success: ({ errMsg: _, ...answers }) => resolve(answers as Record<string, string>),
        fail: ({ errMsg }) => reject(new Error(errMsg)),
      });
    });
}
