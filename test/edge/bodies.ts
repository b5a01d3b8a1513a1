/** Bodies of requests as an honest client sends them, of every op and every variant that this version serves. */
import type { Op } from '../../miniprogram/protocol/frames.ts';

export type Json = Record<string, unknown>;

/** One good body of each op, with every field that it may have. */
export const GOOD: { [O in Op]: Json[] } = {
  'session.hello': [
    {
      version: 1,
      token: 't',
      device: { id: 'd', platform: 'ios', app: '1.0' },
      epoch: 'e',
      cursors: { r: 7, other: 0 },
    },
    { version: 1, token: 't', device: {} },
  ],
  'session.renew': [{ token: 't' }],
  'session.ping': [{}],
  'room.list': [{ scope: 'mine' }, { scope: 'open' }],
  'room.create': [
    { kind: 'group', cid: 'c', name: '茶 😀', members: ['u'], open: true },
    { kind: 'group', open: false },
  ],
  'room.open': [{ user: 'u' }],
  'room.join': [{ room: 'r' }],
  'room.leave': [{ room: 'r' }],
  'room.members': [{ room: 'r', after: 'u', limit: 5 }],
  'room.manage': [
    { action: 'rename', name: 'x' },
    { action: 'invite', users: ['u'] },
    { action: 'remove', user: 'u' },
    { action: 'role', user: 'u', role: 'admin' },
    { action: 'mute', user: 'u', seconds: 60 },
    { action: 'unmute', user: 'u' },
    { action: 'pin', target: 1 },
    { action: 'unpin', target: 1 },
    { action: 'slow', seconds: 0 },
    { action: 'close' },
  ].map((act) => ({ room: 'r', cid: 'c', ...act })),
  'room.read': [{ room: 'r', seq: 1 }],
  'room.typing': [{ room: 'r' }],
  'room.prefs': [{ room: 'r', muted: true, pinned: false, hidden: true }],
  'message.send': [
    { kind: 'text', body: { text: '茶' }, reply: 3, mentions: ['u', 'v'] },
    { kind: 'text', body: { text: 'x' }, mentions: 'all' },
    { kind: 'image', body: { file: 'f', w: 1, h: 1, size: 1, thumb: 'g' } },
    { kind: 'voice', body: { file: 'f', ms: 1, size: 1 } },
    { kind: 'video', body: { file: 'f', size: 1, ms: 1, w: 1, h: 1, poster: 'g', name: 'n' } },
    { kind: 'file', body: { file: 'f', size: 1, name: 'n' } },
    { kind: 'location', body: { lat: 31.2, lng: 121.5, name: 'n', address: 'a' } },
    { kind: 'card', body: { title: 't', path: 'p', appid: 'a', url: 'u', thumb: 'h' } },
    { kind: 'custom', body: { type: 't', data: { deep: [1, { x: null }] } } },
  ].map((content) => ({ room: 'r', cid: 'c', ...content })),
  'message.recall': [{ room: 'r', cid: 'c', target: 1 }],
  'message.edit': [{ room: 'r', cid: 'c', target: 1, text: 'x' }],
  'message.react': [{ room: 'r', cid: 'c', target: 1, emoji: '🍵', on: true }],
  'message.history': [
    { room: 'r', before: 9, limit: 5 },
    { room: 'r', after: 0 },
    { room: 'r', around: 3 },
  ],
  'message.search': [
    { query: 'q', room: 'r', before: 9, limit: 5 },
    { query: '茶', next: '12' },
  ],
  'message.report': [{ room: 'r', target: 1, reason: 'spam', note: 'n' }],
  'file.get': [{ files: ['f', 'g'], room: 'r' }],
  'user.get': [{ users: ['u'] }],
};
/** The same in a row. */
export const BODIES = Object.entries(GOOD).flatMap(([op, bodies]) => bodies.map((body) => ({ op, body })));
