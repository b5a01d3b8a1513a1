/**
 * The controls of one phone and what it tells of itself. Line faults are the preview server's to make, the rest the
 * phone's own; both are told, so that an app hears of a cut as it would from WeChat. Keeps what is switched on over a
 * cold start of the phone.
 */
import type { PhoneControl } from '../phone/control.ts';
import type { LineOrder } from '../serve/preview-server.ts';

export interface Card {
  element: HTMLElement;
  refresh(): void;
}

const DELAY_MS = 800;
const LOSS = 0.2;
const SLOW_MS = 60;
const HALF_HOUR_AND_MORE_MS = 31 * 60_000;
const FREEZE_MS = 5_000;
const MOST_CALLS_SHOWN = 30;

export function createCard(user: string, frame: HTMLIFrameElement): Card {
  const element = document.createElement('section');
  element.className = 'card';
  element.ariaLabel = user;
  const heading = document.createElement('h2');
  const link = document.createElement('span');
  link.className = 'link';
  heading.append(user, link);
  const controls = document.createElement('div');
  controls.className = 'controls';
  const facts = document.createElement('dl');
  facts.className = 'facts';
  const frames = document.createElement('div');
  frames.className = 'frames';
  const calls = document.createElement('div');
  calls.className = 'frames';
  const missing = document.createElement('p');
  missing.className = 'missing';
  missing.setAttribute('role', 'alert');
  element.append(heading, controls, missing, facts, frames, calls);
  // What an earlier page did to this phone's line is not shown here, so it is undone.
  void order(user, { isCut: false, delayMs: 0, loss: 0 });

  const phone = (): PhoneControl | undefined => frame.contentWindow?.phone;

  function toggle(words: string, hint: string, turn: (on: boolean) => void, startsOn = 'false'): void {
    const button = press(words, hint, () => {
      const on = button.ariaPressed !== 'true';
      button.ariaPressed = String(on);
      turn(on);
    });
    button.ariaPressed = startsOn;
    // A phone that starts anew forgets what was done to it.
    frame.addEventListener('load', () =>
      whenStarted(() => {
        if (button.ariaPressed !== startsOn) turn(button.ariaPressed === 'true');
      }),
    );
  }

  /** A phone reads its saved files first. */
  function whenStarted(act: () => void): void {
    if (phone()) act();
    else requestAnimationFrame(() => whenStarted(act));
  }

  function press(words: string, hint: string, act: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.textContent = words;
    button.title = hint;
    button.addEventListener('click', act);
    controls.append(button);
    return button;
  }

  toggle(
    'Cut network',
    'Connections are reset, new ones fail; the app is told that there is no network',
    (on) => {
      // First the line, then the news: an app that hears of a network tries it at once.
      void order(user, { isCut: on }).then(() => phone()?.setConnected(!on));
    },
  );
  press(
    'Half-open',
    'The connections there are fall silent for ever; nobody is told; new ones work',
    () => void order(user, { silence: true }),
  );
  toggle(
    'Delay 0.8 s',
    `Every packet takes ${DELAY_MS} ms longer, each way`,
    (on) => void order(user, { delayMs: on ? DELAY_MS : 0 }),
  );
  toggle(
    'Lose 20 %',
    'A fifth of the packets is lost: TCP sends them again, all behind them waits',
    (on) => void order(user, { loss: on ? LOSS : 0 }),
  );
  toggle('Slow device', `Every task of the app takes ${SLOW_MS} ms longer`, (on) =>
    phone()?.slow(on ? SLOW_MS : 0),
  );
  toggle('Storage full', 'Nothing more fits into the 10 MB but in the place of something else', (on) =>
    on ? phone()?.fillStorage() : phone()?.emptyStorage(),
  );
  press(
    'Freeze 5 s',
    'In the background until it is frozen, then 5 s real time, in which its socket dies',
    () => {
      phone()?.leave();
      phone()?.pass(FREEZE_MS);
      setTimeout(() => phone()?.comeBack(), FREEZE_MS);
    },
  );
  press('Freeze 31 min', 'Half an hour goes by at once: destroyed, then started from its storage', () => {
    phone()?.leave();
    phone()?.pass(HALF_HOUR_AND_MORE_MS);
    setTimeout(() => phone()?.comeBack(), 1_000);
  });
  toggle('Background', 'The person leaves WeChat, and comes back', (on) => {
    if (on) phone()?.leave();
    else phone()?.comeBack();
  });
  const asked = new URL(frame.src).searchParams;
  const startsDark = asked.get('theme') === 'dark';
  toggle(
    'Dark',
    'The theme of this phone',
    (on) => phone()?.setTheme(on ? 'dark' : 'light'),
    `${startsDark}`,
  );
  const settings = {
    English: { name: 'lang', on: 'en', off: 'zh', hint: 'WeChat in English: it starts anew, as it does' },
    'Large font': {
      name: 'font',
      on: 'large',
      off: 'standard',
      hint: 'The size of letters in WeChat; it starts anew',
    },
  };
  for (const [words, { name, on: yes, off: no, hint }] of Object.entries(settings)) {
    const button = press(words, hint, () => {
      const on = button.ariaPressed !== 'true';
      button.ariaPressed = String(on);
      phone()?.restartWith({ [name]: on ? yes : no });
    });
    button.ariaPressed = String(asked.get(name) === yes);
  }
  press('Restart', 'The app is killed and started again', () => frame.contentWindow?.location.reload());
  press('Clear data', 'The app is killed, its storage cleared, and started again', () => {
    phone()?.leave();
    void phone()
      ?.clearStorage()
      .then(() => frame.contentWindow?.location.reload());
  });

  function refresh(): void {
    const status = phone()?.status();
    if (!status) return;
    const { traffic } = status;
    link.textContent = [status.session, status.link].filter(Boolean).join(' · ');
    const rows: [string, string][] = [
      ['page', status.page],
      [
        'app',
        `${status.presence}, ${status.thread}${status.waiting > 0 ? `, ${status.waiting} tasks wait` : ''}`,
      ],
      ['messages unsent', `${status.unsent}`],
      ['sockets', `${status.sockets}`],
      ['frames in', `${traffic.framesIn} · ${size(traffic.bytesIn)}`],
      ['frames out', `${traffic.framesOut} · ${size(traffic.bytesOut)}`],
      [
        'setData',
        `${traffic.setDataCalls} · ${size(traffic.setDataBytes)}, most ${size(traffic.largestSetData)}`,
      ],
      ['storage', `${size(status.storageUsed)}${status.storageFilled ? ', full' : ''}`],
      ['clock', status.aheadMs === 0 ? 'real time' : `${Math.round(status.aheadMs / 1000)} s ahead`],
    ];
    facts.replaceChildren(...rows.flatMap(([term, value]) => [make('dt', term), make('dd', value)]));
    list(
      frames,
      status.frames.map(
        ({ direction, name, bytes }) => `${direction === 'in' ? '←' : '→'} ${name}  ${bytes} B`,
      ),
    );
    list(
      calls,
      status.setData
        .slice(-MOST_CALLS_SHOWN)
        .map(({ owner, name, bytes }) => `${owner.split('/').at(-1)} ${name}  ${bytes} B`),
    );
    missing.textContent =
      status.missing.length > 0 ? `Unknown to the preview: ${status.missing.join(', ')}` : '';
  }

  return { element, refresh };
}

function order(user: string, faults: LineOrder): Promise<Response> {
  return fetch(`/preview/line?phone=${encodeURIComponent(user)}`, {
    method: 'POST',
    body: JSON.stringify(faults),
  });
}

/** Newest first; left alone where nothing is new, so that one can read and select in it. */
function list(element: HTMLElement, lines: string[]): void {
  const words = lines.toReversed().join('\n');
  if (element.textContent !== words) element.textContent = words;
}

function make(tag: 'dt' | 'dd', text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
