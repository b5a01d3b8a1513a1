/**
 * How an operator spells what one address may have: `ADDRESS_LIMITS=sockets=5000,handshakes=100/5000,logins=2/100`.
 * Those that are not named keep their default. The defaults are for a campus, an office or a carrier behind a single
 * address: all of its sockets may come back at once after a restart.
 */
import type { HouseholdLimits } from './commands/households.ts';
import { readLimitList, readRate } from './limit-list.ts';

export const DEFAULT_HOUSEHOLD_LIMITS: Readonly<HouseholdLimits> = {
  sockets: 5_000,
  handshakes: { perSecond: 100, burst: 5_000 },
  logins: { perSecond: 2, burst: 100 },
};

const MOST = 1_000_000;

/** Faults are sentences "what is wrong; what is allowed"; a limit at fault keeps its default. */
export function parseHouseholdLimits(text: string): { limits: HouseholdLimits; faults: string[] } {
  const limits: HouseholdLimits = structuredClone(DEFAULT_HOUSEHOLD_LIMITS);
  const faults = readLimitList(text, (name, value) => setLimit(limits, name, value));
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
  const rate = readRate(name, value, MOST);
  if (typeof rate === 'string') return rate;
  limits[name] = rate;
  return null;
}
