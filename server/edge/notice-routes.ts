/** Notices over HTTP (docs/protocol.md §5): what a person has consented to, told right after the tap. */
import type { UserId } from '../../miniprogram/protocol/objects.ts';
import type { Notices } from '../domain/notices.ts';
import { checkAccepted } from './http-schemas.ts';
import type { HttpRequest, Route } from './http.ts';
import { ok } from './http.ts';

export interface NoticeRouteDeps {
  notices: Pick<Notices, 'accepted'>;
  authenticate: (request: HttpRequest) => Promise<{ user: { id: UserId } }>;
}

export function createNoticeRoutes({ notices, authenticate }: NoticeRouteDeps): Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/notices',
      run: async (request) => {
        const { user } = await authenticate(request);
        await notices.accepted(user.id, checkAccepted(request.json()).accepted);
        return ok({});
      },
    },
  ];
}
