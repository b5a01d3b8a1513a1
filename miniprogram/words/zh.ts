/**
 * Every word that people read, in Chinese; en.ts says the same in English, and this file's keys are the measure. A
 * section that a page hands to its wxml as `t` holds plain texts only; where a number or a name stands inside, it is a
 * function, and format.ts or sentences.ts calls it. Names come in already isolated. Nothing here is HTML.
 */
import type { ErrorCode } from '../protocol/errors';

export const zh = {
  app: { name: '茶话' },

  /** By the codes of protocol §4. */
  errors: {
    BAD_REQUEST: '内容不符合要求',
    UNAUTHORIZED: '登录已失效，请重新登录',
    FORBIDDEN: '没有权限',
    NOT_FOUND: '找不到，或已被移除',
    CONFLICT: '状态已变化，请稍后再试',
    TOO_LARGE: '内容太长',
    RATE_LIMITED: '操作太频繁，请稍后再试',
    MUTED: '你已被禁言',
    BANNED: '账号已被封禁',
    CLOSED: '聊天室已关闭',
    BLOCKED_CONTENT: '内容不合规，未能发出',
    UNAVAILABLE: '服务暂时不可用，请稍后再试',
    TIMEOUT: '等待超时，请稍后再试',
    INTERNAL: '服务器出错，请稍后再试',
    OFFLINE: '网络未连接',
  } satisfies Record<ErrorCode | 'OFFLINE', string>,
  failures: {
    unknown: '出错了，请稍后再试',
    outboxFull: '待发送的消息太多，请等它们发出',
    avatar: '这个服务器还不能保存头像图片',
  },

  bar: {
    reconnect: '立即连接',
    toSignIn: '去登录',
    banned: '账号已被封禁',
    elsewhere: '你的账号在别的设备上登录，这里已下线',
    outdated: '当前版本过旧，请重启微信以更新小程序',
    refused: (closeCode: number) => `服务器拒绝连接（${closeCode}）`,
    expired: '登录已失效',
    signedOut: '尚未登录',
    storageFull: '手机存储已满，未发出的消息在关闭后会丢失',
    connecting: (waiting: number) => (waiting > 0 ? `连接中，${waiting} 条待发送` : '连接中…'),
    apart: (waiting: number) => (waiting > 0 ? `未连接，${waiting} 条待发送` : '未连接'),
    offline: (waiting: number) =>
      waiting > 0 ? `未连接，${waiting} 条待发送，请检查网络` : '未连接，请检查网络',
  },

  dates: {
    today: '今天',
    yesterday: '昨天',
    weekdays: ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'],
    inYear: (month: number, day: number) => `${month}月${day}日`,
    full: (year: number, month: number, day: number) => `${year}/${month}/${day}`,
  },

  names: {
    me: '你',
    stranger: '群成员',
    list: (names: readonly string[]) => names.join('、'),
    andMore: (names: readonly string[], count: number) => `${names.join('、')}等 ${count} 人`,
  },

  /** A message in a few words. */
  kinds: {
    image: '[图片]',
    voice: '[语音]',
    voiceFor: (seconds: number) => `[语音] ${seconds}″`,
    video: '[视频]',
    file: '[文件]',
    location: '[位置]',
    card: '[链接]',
    unknown: '[当前版本不支持的消息]',
  },

  recall: {
    somebody: '一条消息被撤回',
    own: (by: string) => `${by}撤回了一条消息`,
    other: (by: string, from: string) => `${by}撤回了${from}的一条消息`,
  },

  quote: {
    old: '回复了更早的消息',
    recalled: '回复的消息已撤回',
    of: (name: string, words: string) => `${name}：${words}`,
  },

  notices: {
    created: '聊天已创建',
    createdBy: (by: string) => `${by}创建了聊天`,
    joined: (user: string) => `${user}加入了聊天`,
    left: (user: string) => `${user}退出了聊天`,
    invited: (by: string, users: string) => `${by}邀请${users}加入了聊天`,
    removed: (user: string) => `${user}被移出聊天`,
    removedBy: (by: string, user: string) => `${by}将${user}移出了聊天`,
    renamed: (by: string, name: string) => `${by}将名称改为“${name}”`,
    role: (user: string, role: string) => `${user}现在是${role}`,
    muted: (user: string, until: string) => `${user}被禁言至 ${until}`,
    unmuted: (user: string) => `${user}被解除禁言`,
    pinned: (by: string) => `${by}置顶了一条消息`,
    unpinned: (by: string) => `${by}取消了置顶消息`,
    slow: (seconds: number) => `慢速模式：每人 ${seconds} 秒可发一条`,
    slowOff: '慢速模式已关闭',
    closed: '聊天已关闭',
    unknown: '[当前版本不支持的通知]',
  },

  roles: { owner: '群主', admin: '管理员', bot: '机器人', member: '成员' },
  sanctions: { mutedUntil: (until: string) => `禁言至 ${until}` },

  presence: {
    online: '在线',
    lastSeen: (time: string) => `上次在线 ${time}`,
    typing: (users: string) => `${users}正在输入…`,
    manyTyping: (count: number) => `${count} 人正在输入…`,
  },

  rooms: {
    title: '消息',
    opening: '正在打开…',
    empty: '还没有聊天',
    muted: '免打扰',
    members: (count: number) => `${count} 位成员`,
    unread: (count: number) => `${count} 条未读`,
    spoken: (parts: readonly string[]) => parts.join('，'),
    line: (name: string, words: string) => `${name}：${words}`,
  },
  roomMarks: { waiting: (count: number) => `[${count} 条待发送]`, called: '[有人@我]' },
  roomActions: { pin: '置顶', unpin: '取消置顶', mute: '消息免打扰', unmute: '恢复提醒', hide: '不显示' },

  chat: {
    mutedUntil: (until: string) => `你被禁言至 ${until}`,
    slow: (seconds: number) => `慢速模式：每 ${seconds} 秒可发一条`,
    apart: '现在不能发送消息',
    gone: '你不在这个聊天里',
    closed: '聊天已关闭',
  },
  rowActions: { copy: '复制', recall: '撤回', resend: '重发', discard: '删除' },
  composer: { input: '消息', placeholder: '说点什么', send: '发送' },
  bubble: { edited: '已编辑', sending: '发送中', failed: '发送失败，轻触处理' },
  list: {
    loading: '加载中…',
    failed: '加载失败，轻触重试',
    older: '查看更早的消息',
    empty: '还没有消息，打个招呼吧',
    start: '没有更早的消息了',
    unread: '以下是新消息',
    fresh: (count: number) => `${count} 条新消息 ↓`,
  },

  members: {
    title: '成员',
    me: '我',
    loading: '加载中…',
    more: '上滑查看更多',
    most: (count: number) => `只显示前 ${count} 位`,
    retry: (problem: string) => `${problem}，轻触重试`,
  },

  profile: {
    title: '我',
    signedOut: '登录后可以设置头像和昵称',
    changeAvatar: '更换头像',
    name: '昵称',
    nameHint: '1–32 个字',
    nameMissing: '请填写昵称',
    nameTooLong: '昵称最多 32 个字',
    save: '保存',
    saved: '已保存',
    signOut: '退出登录',
  },
  signOut: {
    title: '退出登录？',
    plain: '退出后需要重新登录。',
    waiting: (count: number) => `还有 ${count} 条消息没有发出，退出后不再发送。`,
  },

  signIn: {
    title: '登录',
    welcome: '登录后开始聊天',
    expired: '登录已失效，请重新登录',
    byWeChat: '微信登录',
    developers: '开发版：用名字登录',
    name: '名字',
    nameHint: '名字，例如 alice',
    byName: '用名字登录',
  },
};

export type Words = typeof zh;
