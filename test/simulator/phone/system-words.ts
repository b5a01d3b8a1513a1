/**
 * What WeChat itself writes on this phone, in the language that the person has set; the app's words are the app's.
 */
const CHINESE = {
  back: '返回',
  cancel: '取消',
  confirm: '确定',
  copied: '内容已复制',
  picture: '图片',
  hideKeyboard: '收起键盘',
  keys: { send: '发送', search: '搜索', next: '下一项', go: '前往', done: '完成', return: '换行' },
  subscription: '茶话 申请发送以下消息',
  always: '总是保持以上选择，不再询问',
  refuse: '拒绝',
  allow: '允许',
  agree: '同意',
  privacyTitle: '隐私保护提示',
  privacyAsk: '使用前请阅读《隐私保护指引》。同意后可以使用头像、昵称、相册等信息。',
  privacyContract: '《茶话小程序隐私保护指引》',
  privacyText: '（预览里没有正文）',
  understood: '知道了',
};

export type SystemWords = typeof CHINESE;

const ENGLISH: SystemWords = {
  back: 'Back',
  cancel: 'Cancel',
  confirm: 'OK',
  copied: 'Copied',
  picture: 'Picture',
  hideKeyboard: 'Hide keyboard',
  keys: { send: 'Send', search: 'Search', next: 'Next', go: 'Go', done: 'Done', return: 'Return' },
  subscription: 'Chahua asks to send you these messages',
  always: 'Keep this choice and do not ask again',
  refuse: 'Reject',
  allow: 'Allow',
  agree: 'Agree',
  privacyTitle: 'Privacy notice',
  privacyAsk:
    'Please read the privacy guidelines first. If you agree, your avatar, nickname, album and the like can be used.',
  privacyContract: 'Chahua privacy guidelines',
  privacyText: '(The preview has no text.)',
  understood: 'Got it',
};

/** @param language as WeChat names it: 'zh_CN', 'en' */
export function systemWords(language: string): SystemWords {
  return language.startsWith('zh') ? CHINESE : ENGLISH;
}
