/** Searching what was said in one's rooms. */
import type { ReplyBody, RequestBody } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import { noSuchRoom } from './access.ts';
import type { RoomStore, SearchStore } from './ports.ts';

export interface Search {
  /** The newest first. @throws Refusal NOT_FOUND for a room that one is not in */
  find(user: UserId, body: RequestBody<'message.search'>): Promise<ReplyBody<'message.search'>>;
}

/** Hits of a page, unless fewer are wanted. */
const PAGE = 20;

export interface SearchDeps {
  store: SearchStore & Pick<RoomStore, 'member'>;
  limits: Pick<Limits, 'page'>;
}

export function createSearch({ store, limits }: SearchDeps): Search {
  return {
    async find(user, { room, next, limit = PAGE, ...rest }) {
      if (room !== undefined && !(await store.member(room, user))) throw noSuchRoom();
      return store.search(user, {
        ...rest,
        ...(room !== undefined && { room }),
        ...(next !== undefined && { after: next }),
        limit: Math.min(limit, limits.page),
      });
    },
  };
}
