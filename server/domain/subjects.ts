/** The names under which nodes hear of a room and of a user. A node listens to those it has sockets for. */
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';

export const roomSubject = (room: RoomId): string => `room.${room}`;
export const userSubject = (user: UserId): string => `user.${user}`;
/** What concerns every node: sanctions and the word list. */
export const MODERATION = 'moderation';
