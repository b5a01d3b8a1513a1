/**
 * Where a request really comes from. Behind proxies the socket's other end is the last of them, and what stands in
 * X-Forwarded-For is a claim: only what proxies that the operator trusts have written counts, read from its end.
 */
import { BlockList, isIP } from 'node:net';
import type { Config } from '../config.ts';

export type AddressOf = (remote: string, forwardedFor: string | undefined) => string;

export function createAddressOf(trust: Config['trustProxy']): AddressOf {
  const list = 'networks' in trust ? listOf(trust.networks) : null;
  const isTrusted = (address: string, hop: number): boolean =>
    'hops' in trust ? hop < trust.hops : list?.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') === true;
  return (remote, forwardedFor = '') => {
    // The nearest first: the other end of the socket, then what the proxies have written, each behind the other.
    const chain = [remote, ...forwardedFor.split(',').toReversed()].map(plainAddress);
    let found = chain[0] ?? '';
    for (let hop = 0; hop + 1 < chain.length && isTrusted(found, hop); hop += 1) {
      const next = chain[hop + 1] ?? '';
      // What is no address was not written by a proxy of ours.
      if (isIP(next) === 0) break;
      found = next;
    }
    return found;
  };
}

/** This very machine: tests, benchmarks, and a proxy that nobody has told us to trust. */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** Who an address stands for: of IPv6 a household has 2^64 of them. */
export function householdOf(address: string): string {
  return isIP(address) === 6 ? expanded(address).slice(0, 4).join(':') : address;
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Without a port, without brackets; an IPv4 address that is written as IPv6 as what it is. */
function plainAddress(text: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(text.trim()) ?? [];
  const bare = bracketed ?? text.trim().replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1');
  if (isIP(bare) !== 6) return bare;
  const groups = expanded(bare);
  const zeros = groups.findIndex((group) => group !== '0');
  if (zeros === 5 && groups[5] === 'ffff') return dotted(groups);
  return zeros === 7 && groups[7] === '1' ? '::1' : bare;
}

/** The eight groups, in lower case, without leading zeros. @param address IPv6 */
function expanded(address: string): string[] {
  const [first = '', last] = address.replace(/%.*$/, '').split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':').flatMap(toGroups));
  const [before, after] = [groups(first), groups(last ?? '')];
  const missing = last === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: missing }, () => '0'), ...after];
}

function toGroups(part: string): string[] {
  if (!part.includes('.')) return [parseInt(part, 16).toString(16)];
  const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
  return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
}

function dotted(groups: string[]): string {
  const [high = 0, low = 0] = groups.slice(6).map((group) => parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
