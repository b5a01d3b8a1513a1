/**
 * `npm run budget`: all that is promised of the client's size and speed, measured and judged: the package, the core,
 * secrets, and in a real browser a chat of 5,000 messages. Ends with 1 where a limit is passed, or where there is no browser
 * to measure in.
 */
import { fileURLToPath } from 'node:url';
import { Play } from '../e2e/play.ts';
import { findChromium, Stage } from '../e2e/stage.ts';
import { measureChat } from './chat.ts';
import { LIMITS } from './limits.ts';
import { measureCore, measurePackage } from './package.ts';

interface Figure {
  what: string;
  measured: number;
  limit: number;
  unit: 'B' | 'calls' | 'rows' | 'ms';
}

const MESSAGES = 5_000;
const miniprogram = fileURLToPath(new URL('../../../miniprogram', import.meta.url));

const { bytes, parts, secrets } = await measurePackage(miniprogram);
const figures: Figure[] = [
  { what: 'main package', measured: bytes, limit: LIMITS.packageBytes, unit: 'B' },
  {
    what: 'client core, minified',
    measured: await measureCore(miniprogram),
    limit: LIMITS.coreBytes,
    unit: 'B',
  },
];
const chromium = findChromium();
if (chromium !== null) figures.push(...(await measureInBrowser(chromium)));

for (const { kind, bytes: part } of parts) console.log(`  ${kind}: ${part} B`);
console.table(
  figures.map(({ what, measured, limit, unit }) => ({
    what,
    measured: `${Math.round(measured)} ${unit}`,
    limit: `${limit} ${unit}`,
    passed: measured <= limit ? 'yes' : 'NO',
  })),
);
for (const secret of secrets) console.error(`Looks like a secret: ${secret}`);
if (chromium === null) console.error('Not measured: a chat. There is no Chromium; CHROMIUM names one.');
const isKept = figures.every(({ measured, limit }) => measured <= limit);
process.exitCode = isKept && secrets.length === 0 && chromium !== null ? 0 : 1;

async function measureInBrowser(executablePath: string): Promise<Figure[]> {
  console.error(`Reads ${MESSAGES} messages back in a browser, page by page: about five minutes`);
  const stage = await Stage.open(executablePath);
  try {
    const cost = await measureChat(new Play(stage), { messages: MESSAGES, pages: MESSAGES });
    console.log(`A chat of ${cost.messages} messages, ${cost.read} pages of history read back`);
    const { message, messageWhileReading, history } = cost;
    return [
      { what: 'a new message', measured: message.bytes, limit: LIMITS.messageBytes, unit: 'B' },
      { what: 'a new message', measured: message.calls, limit: 1, unit: 'calls' },
      {
        what: 'a new message, while one reads old ones',
        measured: messageWhileReading.bytes,
        limit: LIMITS.messageBytes,
        unit: 'B',
      },
      { what: 'a page of history', measured: history.bytes, limit: LIMITS.historyBytes, unit: 'B' },
      { what: 'a page of history', measured: history.calls, limit: 1, unit: 'calls' },
      { what: 'rows that the view holds', measured: cost.rows, limit: LIMITS.rows, unit: 'rows' },
      {
        what: 'cold start to a chat from the cache',
        measured: cost.coldStartMs,
        limit: LIMITS.coldStartMs,
        unit: 'ms',
      },
    ];
  } finally {
    await stage.close();
  }
}
