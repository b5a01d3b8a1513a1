/**
 * What people read where it follows from a fact: an error code, the state of the line, a notice in a room, the
 * kind of a message. Facts in, Chinese out; pure. Words that never change stand in wxml. Nothing here is HTML,
 * and the names and texts of others go through `isolate`.
 */
import type { ErrorCode } from './protocol/errors';
import type { UserId } from './protocol/objects';
import type { State } from './store/state';
import { countCharacters, fullTime, isBlank, isolate } from './format';

const ERROR_WORDS: Record<ErrorCode | 'OFFLINE', string> = {
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
};

export function errorWords(code: string): string {
  return (ERROR_WORDS as Record<string, string | undefined>)[code] ?? '出错了，请稍后再试';
}

/** Words for whatever a promise was rejected with. */
export function failureWords(failure: unknown): string {
  return errorWords(codeOf(failure));
}

/** Why a message did not even begin to wait: too many do already. */
export function sendFailureWords(failure: unknown): string {
  return codeOf(failure) === 'RATE_LIMITED' ? '待发送的消息太多，请等它们发出' : failureWords(failure);
}

/** The phone gives a picture that is one, so what cannot be met is the server's: it keeps no files yet. */
export function avatarFailureWords(failure: unknown): string {
  return codeOf(failure) === 'BAD_REQUEST' ? '这个服务器还不能保存头像图片' : failureWords(failure);
}

function codeOf(failure: unknown): string {
  const code = typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : '';
  return typeof code === 'string' ? code : '';
}

/** What the bar above a page says; an empty text hides it. */
export interface Bar {
  text: string;
  /** quiet: will pass by itself; warn: the person should know; stop: nothing happens until the person acts. */
  tone: 'quiet' | 'warn' | 'stop';
  /** What a tap on the button does, and the words on it. */
  action: '' | 'reconnect' | 'sign-in';
  label: string;
}

const RECONNECT = { action: 'reconnect', label: '立即连接' } as const;
const SIGN_IN = { action: 'sign-in', label: '去登录' } as const;
const WAIT = { action: '', label: '' } as const;

const BARRED: Record<number, Bar> = {
  4501: { text: '账号已被封禁', tone: 'stop', ...WAIT },
  4502: { text: '你的账号在别的设备上登录，这里已下线', tone: 'stop', ...RECONNECT },
  4503: { text: '当前版本过旧，请重启微信以更新小程序', tone: 'stop', ...WAIT },
};

export function connectionBar({ session, link, waiting, storageFull }: State): Bar {
  if (session.name === 'signed-out') {
    return { text: session.why === 'expired' ? '登录已失效' : '尚未登录', tone: 'stop', ...SIGN_IN };
  }
  if (session.name === 'barred') {
    const unknown: Bar = { text: `服务器拒绝连接（${session.closeCode}）`, tone: 'stop', ...RECONNECT };
    return BARRED[session.closeCode] ?? unknown;
  }
  if (storageFull) return { text: '手机存储已满，未发出的消息在关闭后会丢失', tone: 'warn', ...WAIT };
  const pending = waiting > 0 ? `，${waiting} 条待发送` : '';
  switch (link.name) {
    case 'live':
      return { text: '', tone: 'quiet', ...WAIT };
    case 'idle':
    case 'connecting':
      return { text: `连接中${pending || '…'}`, tone: 'quiet', ...WAIT };
    case 'waiting':
      return { text: `未连接${pending}`, tone: 'warn', ...RECONNECT };
    case 'offline':
      return { text: `未连接${pending}，请检查网络`, tone: 'warn', ...RECONNECT };
  }
}

/** Names by id, as one person sees them: oneself is 你. */
export type NameOf = (id: UserId) => string;

export function namesFor(people: State['people'], me: UserId): NameOf {
  return (id) => (id === me ? '你' : isolate(people[id]?.name ?? '群成员'));
}

/** A message in one line, for a list, a quotation, or a kind that this version cannot show. */
export function contentWords(kind: string, body: Record<string, unknown>): string {
  const named = (label: string, name: unknown) => (typeof name === 'string' ? `${label} ${name}` : label);
  switch (kind) {
    case 'text':
      return typeof body['text'] === 'string' ? body['text'] : '';
    case 'image':
      return '[图片]';
    case 'voice':
      return typeof body['ms'] === 'number' ? `[语音] ${Math.ceil(body['ms'] / 1000)}″` : '[语音]';
    case 'video':
      return '[视频]';
    case 'file':
      return named('[文件]', body['name']);
    case 'location':
      return named('[位置]', body['name']);
    case 'card':
      return named('[链接]', body['title']);
    default:
      return '[当前版本不支持的消息]';
  }
}

/** Somebody may take back another's message as well: owners and admins. */
export function recallWords(by: UserId | '', from: UserId | '', nameOf: NameOf): string {
  if (by === '') return '一条消息被撤回';
  return by === from ? `${nameOf(by)}撤回了一条消息` : `${nameOf(by)}撤回了${nameOf(from)}的一条消息`;
}

/** What can be done with one message. */
export const ROW_ACTION_WORDS = { copy: '复制', recall: '撤回', resend: '重发', discard: '删除' } as const;

/** What can be done with one room in the list. */
export const ROOM_ACTION_WORDS = {
  pin: '置顶',
  unpin: '取消置顶',
  mute: '消息免打扰',
  unmute: '恢复提醒',
  hide: '不显示',
} as const;

/** What stands before a room's last message. */
export function roomMarkWords(mark: { waiting: number; called: boolean }): string {
  if (mark.waiting > 0) return `[${mark.waiting} 条待发送]`;
  return mark.called ? '[有人@我]' : '';
}

/** Of a message that answers another, the other in one line; `target` is absent where it is not on the phone. */
export function quoteWords(target: { name: string; words: string; recalled: boolean } | undefined): string {
  if (!target) return '回复了更早的消息';
  return target.recalled ? '回复的消息已撤回' : `${target.name}：${target.words}`;
}

/** Why nothing can be written in a chat. */
export const CLOSED_WORDS = {
  apart: '现在不能发送消息',
  gone: '你不在这个聊天里',
  closed: '聊天已关闭',
} as const;

/** What a writer should know before writing. */
export function hintWords(room: { mutedUntil: number; slowSeconds: number }, now: number): string {
  if (room.mutedUntil > now) return `你被${mutedWords(room.mutedUntil, now)}`;
  return room.slowSeconds > 0 ? `慢速模式：每 ${room.slowSeconds} 秒可发一条` : '';
}

export function memberCountWords(count: number): string {
  return `${count} 位成员`;
}

/** Of the other one of a direct chat; nothing where it is not known. */
export function presenceWords(peer: { online: boolean; lastSeen: number }, now: number): string {
  if (peer.online) return '在线';
  return peer.lastSeen > 0 ? `上次在线 ${fullTime(peer.lastSeen, now)}` : '';
}

export const SIGN_OUT_TITLE = '退出登录？';
export const SAVED = '已保存';

/** What is asked before signing out; messages that wait are lost with the login. */
export function signOutWords(waiting: number): string {
  return waiting > 0 ? `还有 ${waiting} 条消息没有发出，退出后不再发送。` : '退出后需要重新登录。';
}

/** What is wrong with a name; nothing where it will do. */
export function nameProblem(name: string): string {
  if (isBlank(name)) return '请填写昵称';
  return countCharacters(name) > 32 ? '昵称最多 32 个字' : '';
}

export interface Notice {
  /** Who did it; '' for the server. */
  from: UserId | '';
  body: Record<string, unknown>;
}

/** A notice of protocol §4 (`sys`) in one sentence. */
export function noticeWords({ from, body }: Notice, nameOf: NameOf, now: number): string {
  const by = from === '' ? '' : nameOf(from);
  const user = typeof body['user'] === 'string' ? nameOf(body['user']) : '';
  const text = (field: string) => (typeof body[field] === 'string' ? isolate(body[field]) : '');
  const number = (field: string) => (typeof body[field] === 'number' ? body[field] : 0);
  switch (body['action']) {
    case 'created':
      return by === '' ? '聊天已创建' : `${by}创建了聊天`;
    case 'joined':
      return `${user}加入了聊天`;
    case 'left':
      return `${user}退出了聊天`;
    case 'invited':
      return by === ''
        ? `${everyone(body, nameOf)}加入了聊天`
        : `${by}邀请${everyone(body, nameOf)}加入了聊天`;
    case 'removed':
      return by === '' ? `${user}被移出聊天` : `${by}将${user}移出了聊天`;
    case 'renamed':
      return `${by}将名称改为“${text('name')}”`;
    case 'role':
      return `${user}现在是${roleWords(text('role')) || '成员'}`;
    case 'muted':
      return `${user}被${mutedWords(number('until'), now)}`;
    case 'unmuted':
      return `${user}被解除禁言`;
    case 'pinned':
      return `${by}置顶了一条消息`;
    case 'unpinned':
      return `${by}取消了置顶消息`;
    case 'slow':
      return number('seconds') > 0 ? `慢速模式：每人 ${number('seconds')} 秒可发一条` : '慢速模式已关闭';
    case 'closed':
      return '聊天已关闭';
    default:
      return '[当前版本不支持的通知]';
  }
}

/** Of an invitation that names many, the first three. */
function everyone(body: Record<string, unknown>, nameOf: NameOf): string {
  const users = Array.isArray(body['users']) ? body['users'].filter((id) => typeof id === 'string') : [];
  const names = users.slice(0, 3).map(nameOf).join('、');
  return users.length > 3 ? `${names}等 ${users.length} 人` : names;
}

/** Nothing for a plain member. */
export function roleWords(role: string): string {
  const words: Record<string, string> = { owner: '群主', admin: '管理员', bot: '机器人' };
  return words[role] ?? '';
}

export function mutedWords(until: number, now: number): string {
  return `禁言至 ${fullTime(until, now)}`;
}

/** Who types; nothing when nobody does. */
export function typingWords(users: readonly UserId[], nameOf: NameOf): string {
  if (users.length === 0) return '';
  if (users.length > 2) return `${users.length} 人正在输入…`;
  return `${users.map(nameOf).join('、')}正在输入…`;
}
