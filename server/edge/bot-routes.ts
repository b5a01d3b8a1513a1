/** `POST /v1/rooms/:room/entries`: a program posts as the bot of its API key, by the same rules as a person. */
import type { SendBody } from '../../miniprogram/protocol/frames.ts';
import type { Limits } from '../../miniprogram/protocol/limits.ts';
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Bots } from '../domain/bots.ts';
import { takeSend } from './decode.ts';
import { type HttpRequest, ok, type Route } from './http.ts';

export interface BotRouteDeps {
  bots: Pick<Bots, 'admit' | 'post'>;
  limits: Limits;
  /** @throws Refusal RATE_LIMITED */
  charge: (bot: UserId) => void;
}

export function createBotRoutes({ bots, limits, charge }: BotRouteDeps): Route[] {
  async function post(request: HttpRequest): Promise<unknown> {
    const [, bearer] = /^Bearer +(\S+)$/i.exec(request.header('authorization') ?? '') ?? [];
    const key = bearer ?? request.header('x-api-key') ?? '';
    const room = request.params.room ?? '';
    const actor = await bots.admit(key, room);
    charge(actor.user);
    const given = request.json();
    const asked = typeof given === 'object' && given !== null ? { ...given, room } : given;
    const { cid, kind, body }: SendBody = takeSend(asked, limits);
    return bots.post(actor, { cid, kind, body } as Parameters<Bots['post']>[1]);
  }

  return [
    { method: 'POST', path: '/v1/rooms/:room/entries', run: async (request) => ok(await post(request)) },
  ];
}
