/** A server that knows a WeChat, and people who came through it. */
import type { TestContext } from 'node:test';
import type { HelloReply } from '../../miniprogram/protocol/frames.ts';
import type { RoomId } from '../../miniprogram/protocol/objects.ts';
import type { Environment } from '../../server/config.ts';
import { APPID, FakeWechat, PUSH_TOKEN, SECRET } from '../support/fake-wechat/fake-wechat.ts';
import { loginWith, RawClient, type Login } from '../support/raw-client.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Without it nobody may fail closed. */
const CALLED_BACK = { WECHAT_PUSH_TOKEN: PUSH_TOKEN, PUBLIC_URL: 'https://chat.example.org' };

export interface Person {
  client: RawClient;
  login: Login;
  hello: HelloReply;
  openid: string;
}

export interface Stage {
  fake: FakeWechat;
  server: TestServer;
  /** Through WeChat, with an openid that marks whatever it is in. */
  arrive(name: string): Promise<Person>;
  /** A group of the first. */
  room(people: Person[]): Promise<RoomId>;
}

export async function openStage(t: TestContext, env: Environment = {}): Promise<Stage> {
  const fake = await FakeWechat.start(() => Date.now());
  t.after(() => fake.stop());
  const server = await startServer(t, {
    env: {
      WECHAT_APPID: APPID,
      WECHAT_SECRET: SECRET,
      WECHAT_API: fake.api,
      LIMITS: 'sends=10000/10000',
      ...(env['CONTENT_CHECK_FAIL'] === 'closed' && CALLED_BACK),
      ...env,
    },
  });

  async function arrive(name: string): Promise<Person> {
    const openid = `OPENID-MARKER-${name}`;
    const login = await loginWith(server.url, { code: fake.login.code(openid, `UNIONID-MARKER-${name}`) });
    const client = await RawClient.connect(server.url);
    const hello = await client.hello({ token: login.access });
    return { client, login, hello, openid };
  }

  async function room([owner, ...others]: Person[]): Promise<RoomId> {
    const members = others.map(({ login }) => login.user.id);
    const made = await owner!.client.ask('room.create', { kind: 'group', members });
    return made.room.id;
  }

  return { fake, server, arrive, room };
}
