/**
 * What an authenticated socket costs that does nothing: everybody is in two rooms, the server's resident memory is
 * read when it has been quiet for a while, and what it had before the first socket is taken off.
 */
import { aloneBut } from '../contenders/kind.ts';
import { Crowd } from '../crowd.ts';
import { residentBytesOf } from '../machine.ts';
import type { Part, Sample } from '../part.ts';

/** That each is in. */
const ROOMS = 2;
/** Members of a room: with one room for all, 20,000 joins would tell 20,000 sockets of each other. */
const MEMBERS = 500;
/** After which memory is read: what the connecting left behind is collected by then. */
const QUIET_MS = 3_000;
/** Sockets at which it is read. */
const READINGS = [1_000, 5_000, 20_000];

export const memory: Part = {
  name: 'memory',
  title:
    'resident memory per idle socket, each in two rooms (ours: logged in, and in the lobby, where all are)',
  defaults: { sockets: 20_000, seconds: 1, warmUpSeconds: 1, rounds: 1 },
  quick: { sockets: 1_000 },
  columns: [
    { metric: 'perSocket', title: 'RSS per socket KB', scale: 1024, digits: 2 },
    { metric: 'residentBytes', title: 'RSS MB', scale: 1e6, digits: 0 },
  ],
  suits: aloneBut('socket.io+csr'),
  async generate(target, { sockets }) {
    const before = residentBytesOf(target.pids);
    // A server of ours tells everybody in the lobby of who is new: 20,000 times 20,000 is no idling.
    await target.contender.prepare?.(target.url, sockets);
    const crowds: Crowd[] = [];
    const samples: Sample[] = [];
    for (const reading of READINGS) {
      // Who may have fewer sockets than that ends with as many as there may be.
      const wanted = Math.floor(Math.min(reading, sockets) / MEMBERS) * MEMBERS;
      if (wanted <= crowds.length * MEMBERS) break;
      while (crowds.length * MEMBERS < wanted) {
        const firstIndex = crowds.length * MEMBERS;
        crowds.push(
          await Crowd.gather(target, {
            sockets: MEMBERS,
            rooms: ROOMS,
            senderOf: () => 0,
            firstIndex,
            messages: 1,
          }),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      const residentBytes = residentBytesOf(target.pids);
      const metrics = { residentBytes, perSocket: (residentBytes - before) / wanted };
      samples.push({
        shape: `${wanted} sockets`,
        metrics,
        faults: { lost: 0, again: 0, misordered: 0, strange: 0 },
      });
    }
    await Promise.all(crowds.map((crowd) => crowd.disperse()));
    return samples;
  },
};
