/** People who are on no phone: they make the rooms that a test wants, and say what is to be read there. */
import type { RoomId, UserId } from '../../../miniprogram/protocol/objects.ts';
import { RawClient } from '../../support/raw-client.ts';

export interface Group {
  owner: RawClient;
  room: RoomId;
  /** Of the members, in their order. */
  ids: UserId[];
}

/** As many as one socket may have open. */
const AT_ONCE = 20;

export interface GroupNames {
  name: string;
  members: string[];
  /** Who makes it; its name and `-owner` if absent. */
  owner?: string;
}

export async function makeGroup(serverUrl: string, names: GroupNames): Promise<Group> {
  const { name, members } = names;
  const { client: owner } = await RawClient.arrive(serverUrl, names.owner ?? `${name}-owner`);
  const ids: UserId[] = [];
  for (const member of members) {
    const { client, hello } = await RawClient.arrive(serverUrl, member);
    ids.push(hello.user.id);
    await client.close();
  }
  const { room } = await owner.ask('room.create', { kind: 'group', name, members: ids });
  return { owner, room: room.id, ids };
}

/** 第1条, 第2条 … each once and in order. */
export async function fill({ owner, room }: Group, count: number): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, index) => done + index + 1);
    await Promise.all(numbers.map((n) => owner.sendText(room, `fill-${n}`, `第${n}条`)));
  }
}
