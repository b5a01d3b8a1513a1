/**
 * How an operator spells what one address may have: `ADDRESS_LIMITS=sockets=5000,handshakes=100/5000,logins=2/100`.
 * Those that are not named keep their default. The defaults are for a campus, an office or a carrier behind a single
 * address: all of its sockets may come back at once after a restart.
 */
import type { Rate } from './commands/buckets.ts';
import type { HouseholdLimits } from './commands/households.ts';

export const DEFAULT_HOUSEHOLD_LIMITS: Readonly<HouseholdLimits> = {
  sockets: 5_000,
  handshakes: { perSecond: 100, burst: 5_000 },
  logins: { perSecond: 2, burst: 100 },
};

const MOST = 1_000_000;

/** Faults are sentences "what is wrong; what is allowed"; a limit at fault keeps its default. */
export function parseHouseholdLimits(text: string): { limits: HouseholdLimits; faults: string[] } {
  const limits: HouseholdLimits = structuredClone(DEFAULT_HOUSEHOLD_LIMITS);
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const part of text === '' ? [] : text.split(',')) {
    const [, name = '', value = ''] = /^\s*([^=]*)=(.*?)\s*$/.exec(part) ?? [];
    const wrong = seen.has(name) ? 'is there twice; allowed: each limit once' : setLimit(limits, name, value);
    if (wrong !== null) faults.push(`${JSON.stringify(part.trim())} ${wrong}`);
    seen.add(name);
  }
  return { limits, faults };
}

/** Sets one limit, or says what is wrong. */
function setLimit(limits: HouseholdLimits, name: string, value: string): string | null {
  if (name === 'sockets') {
    const sockets = /^\d{1,7}$/.test(value) ? Number(value) : NaN;
    if (!(sockets >= 1 && sockets <= MOST)) return `is out of range; allowed: 1 to ${MOST}`;
    limits.sockets = sockets;
    return null;
  }
  if (name !== 'handshakes' && name !== 'logins') {
    return 'is not known; allowed: sockets, handshakes, logins';
  }
  const rate = rateOf(value);
  if (rate === null) {
    return `is wrong; allowed: ${name}=PER_SECOND/BURST with 1 ≤ PER_SECOND ≤ BURST ≤ ${MOST}`;
  }
  limits[name] = rate;
  return null;
}

function rateOf(text: string): Rate | null {
  const [, perSecond = 0, burst = 0] = /^(\d{1,7})\/(\d{1,7})$/.exec(text)?.map(Number) ?? [];
  return perSecond >= 1 && burst >= perSecond && burst <= MOST ? { perSecond, burst } : null;
}
