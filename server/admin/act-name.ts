/**
 * What a call is called in the audit log: `noun.verb`, from its route. `GET /users` is `user.list`, `GET /users/:user`
 * `user.show`, `POST /users/:user/mute` `user.mute`, `GET /rooms/:room/members` `room.members`.
 */
const OTHERS: Readonly<Record<string, string>> = {
  'GET /search': 'message.search',
  'GET /rooms/:room/entries': 'message.list',
  'GET /rooms/:room/entries/:seq': 'message.show',
  'POST /rooms/:room/recall': 'message.recall',
  'POST /rooms': 'room.create',
  'POST /keys': 'key.issue',
  'POST /tokens': 'token.issue',
};

export function actName(method: 'GET' | 'POST', path: string): string {
  const other = OTHERS[`${method} ${path}`];
  if (other !== undefined) return other;
  const parts = path.split('/').filter((part) => part !== '');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  const noun = first === 'words' || first === 'status' ? first : first.replace(/s$/, '');
  if (last.startsWith(':')) return `${noun}.show`;
  return `${noun}.${parts.length === 1 ? 'list' : last}`;
}
