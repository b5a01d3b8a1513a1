/**
 * The only caller of the phone's file system. What a person chose lies in a temporary file that is gone with the app;
 * what waits to be sent is kept in one of our own until it has been.
 */

/** Files of our own. */
export interface KeptFiles {
  /** Gives the path to use from now on: the old one where the phone has no room for another. */
  keep(path: string): Promise<string>;
  /** Removes all that were kept but these. */
  sweep(wanted: ReadonlySet<string>): void;
}

/** Of the global `wx`: what is used. */
export type WxFiles = Pick<WechatMiniprogram.Wx, 'getFileSystemManager'>;

export function createWxFiles(wx: WxFiles): KeptFiles {
  return {
    keep: (path) =>
      new Promise((resolve) => {
        wx.getFileSystemManager().saveFile({
          tempFilePath: path,
          success: ({ savedFilePath }) => resolve(savedFilePath),
          fail: () => resolve(path),
        });
      }),

    sweep(wanted) {
      const files = wx.getFileSystemManager();
      files.getSavedFileList({
        success: ({ fileList }) => {
          for (const { filePath } of fileList) if (!wanted.has(filePath)) files.removeSavedFile({ filePath });
        },
      });
    },
  };
}
