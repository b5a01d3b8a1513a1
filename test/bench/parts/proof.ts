/**
 * What the generator carries, so that it is not what is measured: a sink fans a burst out while the generator sleeps,
 * and then everything lies at its sockets and it is timed how long it takes all of it in, at full speed. As many
 * sockets, and as many messages at each, as in the part that it is to prove.
 */
import { Crowd } from '../crowd.ts';
import type { Part, Sample } from '../part.ts';
import { BURSTS, burst } from './fanout.ts';

/** In which the sink has written a burst out: several times what bare uWS takes for it. */
const restMs = (size: number): number => 4 + size;
const restful = new Int32Array(new SharedArrayBuffer(4));

export const proof: Part = {
  name: 'proof',
  title: 'what the generator takes in, from a sink that is never waited for; deliveries a second',
  defaults: { sockets: 500, seconds: 2, warmUpSeconds: 0.5, rounds: 1 },
  quick: { seconds: 0.7, warmUpSeconds: 0.2 },
  columns: [{ metric: 'carried', title: 'deliveries/s (M)', scale: 1e6, digits: 3 }],
  suits: ({ name }) => name === 'sink',
  async generate(target, { sockets, seconds, warmUpSeconds }) {
    const crowd = await Crowd.gather(target, { sockets, senderOf: () => 0 });
    const figures: Omit<Sample, 'faults'>[] = [];
    for (const size of BURSTS) {
      await crowd.whole(take(crowd, size, warmUpSeconds));
      const carried = await crowd.whole(take(crowd, size, seconds));
      figures.push({ shape: `${size} in flight`, metrics: { carried } });
    }
    const faults = await crowd.disperse();
    return figures.map((figure) => ({ ...figure, faults }));
  },
};

/** Resolves with the deliveries a second, of the time that was spent taking them in. */
function take(crowd: Crowd, size: number, seconds: number): Promise<number> {
  let [bursts, missing, tookMs, wokeAt] = [0, 0, 0, 0];
  return new Promise((resolve) => {
    const next = () => {
      if (tookMs >= seconds * 1_000) {
        resolve((bursts * size * crowd.clients.length * 1_000) / tookMs);
        return;
      }
      missing = size;
      burst(crowd, size, bursts++);
      Atomics.wait(restful, 0, 0, restMs(size));
      wokeAt = performance.now();
    };
    crowd.onComplete = () => {
      if (--missing > 0) return;
      tookMs += performance.now() - wokeAt;
      setImmediate(next);
    };
    next();
  });
}
