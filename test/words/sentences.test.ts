import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { FOREVER } from '../../miniprogram/protocol/limits.ts';
import { EMPTY_STATE, type State } from '../../miniprogram/store/state.ts';
import {
  connectionBar,
  contentWords,
  errorWords,
  failureWords,
  mutedHintWords,
  mutedWords,
  nameProblem,
  namesFor,
  noticeWords,
  presenceWords,
  problemWords,
  quoteWords,
  recallWords,
  roleWords,
  roomMarkWords,
  signOutWords,
  slowHintWords,
  typingWords,
} from '../../miniprogram/words/sentences.ts';

const now = new Date(2026, 10, 24, 14, 30).getTime();
const people = {
  u1: { id: 'u1', name: '小明' },
  u2: { id: 'u2', name: '小红' },
  u3: { id: 'u3', name: '老王' },
};
const nameOf = namesFor(people, 'u1');

test('every error code has Chinese words of its own', () => {
  const codes = [...Object.values(ErrorCode), 'OFFLINE', 'NO_FILE'];
  const words = codes.map(errorWords);
  for (const each of words) assert.match(each, /^[\p{Script=Han}，]+$/u);
  assert.equal(new Set(words).size, codes.length);
});

test('an unknown code, and a failure that is no refusal, have words too', () => {
  const unknown = errorWords('NO_SUCH_CODE');
  assert.match(unknown, /出错/);
  for (const failure of [new Error('x'), 'x', null, undefined, { code: 7 }]) {
    assert.equal(failureWords(failure), unknown);
  }
  assert.equal(failureWords({ code: 'MUTED' }), errorWords('MUTED'));
});

const bars: [situation: string, fields: Partial<State>, text: string, tone: string, action: string][] = [
  ['connected', { link: { name: 'live' } }, '', 'quiet', ''],
  ['connecting', { link: { name: 'connecting' } }, '连接中…', 'quiet', ''],
  [
    'connecting with messages waiting',
    { link: { name: 'connecting' }, waiting: 2 },
    '连接中，2 条待发送',
    'quiet',
    '',
  ],
  [
    'offline with messages waiting',
    { link: { name: 'offline' }, waiting: 3 },
    '未连接，3 条待发送，请检查网络',
    'warn',
    'reconnect',
  ],
  [
    'between two tries',
    { link: { name: 'waiting', until: now, attempt: 2 }, waiting: 1 },
    '未连接，1 条待发送',
    'warn',
    'reconnect',
  ],
  [
    'the storage full',
    { link: { name: 'live' }, storageFull: true },
    '手机存储已满，未发出的消息在关闭后会丢失',
    'warn',
    '',
  ],
  ['signed out', { session: { name: 'signed-out' } }, '尚未登录', 'stop', 'sign-in'],
  ['the login expired', { session: { name: 'signed-out', why: 'expired' } }, '登录已失效', 'stop', 'sign-in'],
  [
    'banned, with the moderator’s words',
    { session: { name: 'barred', closeCode: 4501, reason: '刷屏' } },
    '账号已被封禁，原因：刷屏',
    'stop',
    '',
  ],
  [
    'banned for a while, without a word',
    { session: { name: 'barred', closeCode: 4501, reason: '', until: now } },
    '账号已被封禁，封禁至 14:30',
    'stop',
    '',
  ],
  [
    'pushed out by another device',
    { session: { name: 'barred', closeCode: 4502, reason: 'x' } },
    '你的账号在别的设备上登录，这里已下线',
    'stop',
    'reconnect',
  ],
  [
    'too old a version',
    { session: { name: 'barred', closeCode: 4503, reason: 'x' } },
    '当前版本过旧，请重启微信以更新小程序',
    'stop',
    '',
  ],
  [
    'barred for what this version does not know',
    { session: { name: 'barred', closeCode: 4599, reason: 'x' } },
    '服务器拒绝连接（4599）',
    'stop',
    'reconnect',
  ],
];
for (const [situation, fields, text, tone, action] of bars) {
  test(`the bar says where one stands: ${situation}`, () => {
    const bar = connectionBar({ ...EMPTY_STATE, ...fields }, now);
    assert.deepEqual([bar.text, bar.tone, bar.action], [text, tone, action]);
    assert.equal(bar.label === '', action === '');
  });
}

const notices: [from: string, body: Record<string, unknown>, words: string][] = [
  ['u2', { action: 'created', users: ['u1', 'u2'] }, '小红创建了聊天'],
  ['', { action: 'created', users: [] }, '聊天已创建'],
  ['u1', { action: 'joined', user: 'u1' }, '你加入了聊天'],
  ['u2', { action: 'left', user: 'u2' }, '小红退出了聊天'],
  ['u2', { action: 'invited', users: ['u1', 'u3'] }, '小红邀请你、老王加入了聊天'],
  ['u1', { action: 'invited', users: ['u2', 'u3', 'u9', 'u8'] }, '你邀请小红、老王、群成员等 4 人加入了聊天'],
  ['u2', { action: 'removed', user: 'u3' }, '小红将老王移出了聊天'],
  ['u2', { action: 'renamed', name: '茶\u202e话' }, '小红将名称改为“茶话”'],
  ['u2', { action: 'role', user: 'u1', role: 'admin' }, '你现在是管理员'],
  ['u2', { action: 'role', user: 'u3', role: 'member' }, '老王现在是成员'],
  ['u2', { action: 'muted', user: 'u3', until: now }, '老王被禁言至 14:30'],
  ['u2', { action: 'unmuted', user: 'u3' }, '老王被解除禁言'],
  ['u2', { action: 'pinned', target: 4 }, '小红置顶了一条消息'],
  ['u2', { action: 'unpinned', target: 4 }, '小红取消了置顶消息'],
  ['u2', { action: 'slow', seconds: 30 }, '慢速模式：每人 30 秒可发一条'],
  ['u2', { action: 'slow', seconds: 0 }, '慢速模式已关闭'],
  ['u2', { action: 'closed' }, '聊天已关闭'],
  ['u2', { action: 'painted', user: 7 }, '[当前版本不支持的通知]'],
];
for (const [from, body, words] of notices) {
  test(`a notice in words: ${words}`, () => {
    assert.equal(noticeWords({ from, body }, nameOf, now), words);
  });
}

test('a message of each kind has a line', () => {
  const lines: [kind: string, body: Record<string, unknown>, words: string][] = [
    ['text', { text: '<b>好</b>' }, '<b>好</b>'],
    ['image', {}, '[图片]'],
    ['voice', { ms: 2100 }, '[语音] 3″'],
    ['video', {}, '[视频]'],
    ['file', { name: 'a.pdf' }, '[文件] a.pdf'],
    ['location', {}, '[位置]'],
    ['card', { title: '茶' }, '[链接] 茶'],
    ['custom', { type: 'x' }, '[当前版本不支持的消息]'],
    ['hologram', {}, '[当前版本不支持的消息]'],
  ];
  for (const [kind, body, words] of lines) assert.equal(contentWords(kind, body), words);
});

test('a recall tells who took back whose message', () => {
  assert.equal(recallWords('u1', 'u1', nameOf), '你撤回了一条消息');
  assert.equal(recallWords('u2', 'u2', nameOf), '小红撤回了一条消息');
  assert.equal(recallWords('u2', 'u1', nameOf), '小红撤回了你的一条消息');
  assert.equal(recallWords('', 'u1', nameOf), '消息已被平台撤回');
});

test('one or two who type are named, more are counted', () => {
  assert.equal(typingWords([], nameOf), '');
  assert.equal(typingWords(['u2'], nameOf), '小红正在输入…');
  assert.equal(typingWords(['u2', 'u3'], nameOf), '小红、老王正在输入…');
  assert.equal(typingWords(['u2', 'u3', 'u4'], nameOf), '3 人正在输入…');
});

test('somebody muted is told until when, the last hour counted down; slow mode is told beforehand', () => {
  assert.equal(mutedHintWords(now + 3_600_001, now), '你被禁言至 15:30');
  assert.equal(mutedHintWords(now + 125_000, now), '你被禁言，还剩 2:05');
  assert.equal(slowHintWords(10), '慢速模式：每 10 秒可发一条');
  assert.equal(slowHintWords(0), '');
});

test('a mute without an end names no day', () => {
  assert.equal(mutedHintWords(FOREVER, now, '刷屏'), '你已被永久禁言，原因：刷屏');
  assert.equal(mutedWords(FOREVER, now), '永久禁言');
  const notice = { from: 'u3', body: { action: 'muted', user: 'u2', until: FOREVER } };
  assert.equal(noticeWords(notice, nameOf, now), '小红被永久禁言');
});

test('a refusal says until when it holds, and what the moderator said', () => {
  assert.equal(problemWords({ error: 'MUTED' }, now), '你已被禁言');
  assert.equal(problemWords({ error: 'MUTED', retryAt: now + 60_000 }, now), '你已被禁言，至 14:31');
  assert.equal(problemWords({ error: 'MUTED', retryAt: now - 1, reason: '刷屏' }, now), '你已被禁言：刷屏');
});

test('a quotation names its author, or says why it cannot', () => {
  assert.equal(quoteWords({ name: '小红', words: '早', recalled: false }), '小红：早');
  assert.equal(quoteWords({ name: '小红', words: '', recalled: true }), '回复的消息已撤回');
  assert.equal(quoteWords(undefined), '回复了更早的消息');
});

test('the other of a direct chat is online, was, or is not known to be', () => {
  assert.equal(presenceWords({ online: true, lastSeen: now }, now), '在线');
  assert.equal(presenceWords({ online: false, lastSeen: now }, now), '上次在线 14:30');
  assert.equal(presenceWords({ online: false, lastSeen: 0 }, now), '');
});

test('what failed comes before who called, that before what waits, and that before what was begun', () => {
  assert.equal(roomMarkWords({ waiting: 2, failed: 1, called: true, draft: true }), '[发送失败]');
  assert.equal(roomMarkWords({ waiting: 2, failed: 0, called: true, draft: true }), '[有人@我]');
  assert.equal(roomMarkWords({ waiting: 2, failed: 0, called: false, draft: true }), '[2 条待发送]');
  assert.equal(roomMarkWords({ waiting: 0, failed: 0, called: false, draft: true }), '[草稿]');
  assert.equal(roomMarkWords({ waiting: 0, failed: 0, called: false, draft: false }), '');
});

test('signing out warns of messages that wait', () => {
  assert.match(signOutWords(2), /还有 2 条消息没有发出/);
  assert.doesNotMatch(signOutWords(0), /没有发出/);
});

test('a name is 1 to 32 characters, one of them visible', () => {
  assert.equal(nameProblem('茶'), '');
  assert.equal(nameProblem('👍'.repeat(32)), '');
  assert.match(nameProblem('👍'.repeat(33)), /32/);
  assert.match(nameProblem('\u200b '), /请填写/);
});

test('a plain member has no title', () => {
  assert.deepEqual(['owner', 'admin', 'bot', 'member'].map(roleWords), ['群主', '管理员', '机器人', '']);
});
