/** The names under which nodes hear of things. A node listens to the rooms and the users that it has sockets for. */
import type { RoomId, UserId } from '../../miniprogram/protocol/objects.ts';
import type { NodeId } from './ports.ts';

export const roomSubject = (room: RoomId): string => `room.${room}`;
export const userSubject = (user: UserId): string => `user.${user}`;
/** What concerns every node: sanctions and the word list. */
export const MODERATION = 'moderation';
/** Heard by every node. */
export const PRESENCE_SUBJECT = 'presence';
/** Which nodes there are. */
export const NODES_SUBJECT = 'nodes';
/** Heard by one node. */
export const nodeSubject = (node: NodeId): string => `node.${node}`;
