/** The address that WeChat pushes to (docs/wechat.md): it tries it by a GET, and sends events by POST. */
import type { HttpRequest, HttpResponse, Route } from './http.ts';
import { ALWAYS } from './http.ts';

export interface PushRouteDeps {
  push: {
    echo(query: URLSearchParams): string;
    /** @throws Refusal where it is not WeChat that speaks */
    hear(query: URLSearchParams, body: unknown): Promise<void>;
  };
}

export function createPushRoutes({ push }: PushRouteDeps): Route[] {
  const path = '/wechat/push';
  return [
    { method: 'GET', path, run: ({ query }) => plain(push.echo(query)) },
    {
      method: 'POST',
      path,
      run: async (request: HttpRequest) => {
        await push.hear(request.query, request.json());
        // Anything else, and WeChat sends it again.
        return plain('success');
      },
    },
  ];
}

const plain = (body: string): HttpResponse => ({
  status: 200,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...ALWAYS },
  body,
});
