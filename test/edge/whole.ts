/** An answer with its body in one piece, however it is sent. */
import type { HttpResponse } from '../../server/edge/http.ts';

export type WholeResponse = HttpResponse & { body: string };

export async function whole(answered: Promise<HttpResponse>): Promise<WholeResponse> {
  const response = await answered;
  const { body } = response;
  if (typeof body === 'string') return { ...response, body };
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.bytes) chunks.push(chunk);
  return { ...response, body: Buffer.concat(chunks).toString() };
}
