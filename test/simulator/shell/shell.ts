/**
 * The page of the preview: phones side by side and a card for each. Reads its wishes from the address (`users`,
 * `theme`, `lang`, `font`, `width`, `height`, `signin`), starts the phones anew when the sources have changed, and
 * shows what the build had to say. A phone is an iframe with globals of its own.
 */
import { createCard } from './card.ts';

interface BuildNews {
  id: number;
  ms: number;
  problems: string[];
}

const MOST_PHONES = 4;
const LOOK_EVERY_MS = 300;
const REFRESH_EVERY_MS = 250;
const WIDTHS = { least: 280, most: 1024 };
const HEIGHT = 780;

const query = new URLSearchParams(location.search);
const users = (query.get('users') ?? 'alice,bob').split(',').filter(Boolean).slice(0, MOST_PHONES);
const cards = users.map((user) => {
  const frame = document.createElement('iframe');
  const asked = new URLSearchParams(query);
  asked.delete('users');
  asked.set('user', user);
  frame.title = user;
  frame.width = `${Math.min(WIDTHS.most, Math.max(WIDTHS.least, Number(query.get('width') ?? 375)))}`;
  frame.height = query.get('height') ?? `${HEIGHT}`;
  frame.allow = 'clipboard-read; clipboard-write';
  frame.src = `phone.html?${asked}`;
  const figure = document.createElement('figure');
  figure.className = 'phone';
  const caption = document.createElement('figcaption');
  caption.textContent = user;
  figure.append(frame, caption);
  part('.phones').append(figure);
  const card = createCard(user, frame);
  part('.cards').append(card.element);
  return { card, frame };
});

setInterval(() => {
  for (const { card } of cards) card.refresh();
}, REFRESH_EVERY_MS);

let shownBuild = 0;
void follow();

/** Asks for the newest build now and again; the asking is what builds. */
async function follow(): Promise<void> {
  try {
    const news = (await (await fetch('/preview/build')).json()) as BuildNews;
    if (shownBuild !== 0 && news.id !== shownBuild)
      for (const { frame } of cards) frame.contentWindow?.location.reload();
    shownBuild = news.id;
    show(news);
  } catch {
    part('.build').textContent = 'The preview server has ended.';
  }
  setTimeout(() => void follow(), LOOK_EVERY_MS);
}

function show({ id, ms, problems }: BuildNews): void {
  part('.build').textContent =
    `Build ${id}, ${ms} ms. Save a file under miniprogram/ and the phones start anew.`;
  const box = part('.problems');
  box.hidden = problems.length === 0;
  box.textContent = problems.join('\n');
}

function part(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector);
  if (!element) throw new Error(`no ${selector} in the page`);
  return element;
}
