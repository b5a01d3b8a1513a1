/**
 * What the generator is proved against (proof.ts): a server that only passes frames on. Served by the same program as
 * bare uWS, since nothing that is written here is faster; but the generator sleeps until it is done.
 */
import type { Contender } from '../contender.ts';
import { bareUws } from './bare-uws.ts';

export const sink: Contender = { ...bareUws, name: 'sink', title: 'sink' };
