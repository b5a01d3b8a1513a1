/**
 * A walk through every page of the app, with something to see on each, and a picture of each in screenshots/, named
 * `PAGE-THEME-LANGUAGE`. Each walk has people of its own, so walks do not meet.
 */
import type { Locator } from 'playwright-core';
import type { Play } from './play.ts';
import type { Phone } from './phone.ts';

export interface Tour {
  theme: 'light' | 'dark';
  language: 'zh' | 'en';
}

/** @returns page → the colour behind it */
export async function tour(play: Play, { theme, language }: Tour): Promise<Map<string, number[]>> {
  const user =
    language === 'zh' ? `小茗${theme === 'dark' ? '·' : ''}` : `Mia${theme === 'dark' ? ' D.' : ''}`;
  const said = SAID[language];
  const made = await play.group(said.group, [user], said.host);
  const opened = await play.show([user], `theme=${theme}&lang=${language}`);
  const phone = opened.phone(user);
  const colours = new Map<string, number[]>();
  const look = async (page: string): Promise<void> => {
    await phone.frames(2);
    colours.set(page, await colourOf(phone));
    await phone.photograph(`${page}-${theme}-${language}`);
  };

  await phone.text(said.group).waitFor();
  for (const [index, text] of said.theirs.entries()) await made.owner.sendText(made.room, `t-${index}`, text);
  await phone.window.getByText(said.theirs.at(-1) ?? '').waitFor();
  await look('rooms');
  await phone.enter(said.group);
  for (const text of said.mine) await phone.say(text);
  await phone.sent();
  await look('chat');
  await phone.hold(said.mine[0] ?? '');
  await look('actions');
  await phone.putAway();

  const room = `room=${made.room}`;
  const rest: [page: string, url: string, ready: Locator][] = [
    ['room', `/pages/room/room?${room}`, phone.part('person')],
    ['members', `/pages/members/members?${room}`, phone.part('member')],
    ['member', `/pages/member/member?${room}&user=${made.ids[0]}`, phone.part('name')],
    ['pick', `/pages/pick/pick`, phone.part('bottom')],
    ['open-rooms', `/pages/open-rooms/open-rooms`, phone.part('row')],
  ];
  for (const [page, url, ready] of rest) {
    await phone.open(url);
    await ready.waitFor();
    await look(page);
    await phone.back();
  }
  await phone.open('/pages/search/search');
  await phone.window.locator('input').fill(said.query);
  await phone.part('hit').waitFor();
  await phone.part('foot').waitFor({ state: 'detached' });
  await look('search');
  await phone.back();
  await phone.back();

  await phone.toTab(1);
  await phone.part('to-group').waitFor();
  await look('people');
  await phone.toTab(2);
  await phone.window.locator('wx-input').first().waitFor();
  await look('profile');

  const newcomer = (await play.show(['nobody'], `signin=0&theme=${theme}&lang=${language}`)).phone('nobody');
  await newcomer.window.locator('input').waitFor();
  await newcomer.photograph(`sign-in-${theme}-${language}`);
  return colours;
}

const SAID = {
  zh: {
    group: '周末茶会',
    host: '老周',
    theirs: ['今天喝什么茶？', '我带了龙井'],
    mine: ['龙井好！', '三点见'],
    query: '龙井',
  },
  en: {
    group: 'Tea on Sunday',
    host: 'Zoe',
    theirs: ['Which tea today?', 'I have Longjing'],
    mine: ['Longjing it is', 'See you at three'],
    query: 'Longjing',
  },
};

function colourOf(phone: Phone): Promise<number[]> {
  return phone.window
    .locator('page')
    .evaluate((page) => getComputedStyle(page).backgroundColor.match(/\d+/g)?.slice(0, 3).map(Number) ?? []);
}
