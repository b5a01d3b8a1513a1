/** Ours with its history in MongoDB, or in what speaks its protocol; the row names the server, which counts as ours. */
import type { Contender } from '../contender.ts';
import { chahua, startOurs } from './chahua.ts';
import { mongoAbsence, startMongoStore } from './mongo-store.ts';

export const chahuaMongo: Contender = {
  ...chahua,
  name: 'chahua-mongo',
  title: 'ours, MongoDB',
  packages: ['uWebSockets.js', 'mongodb'],
  absence: mongoAbsence,
  start: async (pin) => {
    const store = await startMongoStore(pin);
    try {
      const served = await startOurs(pin, { MONGODB_URL: store.url });
      return {
        url: served.url,
        get pids() {
          return [...served.pids, ...store.pids];
        },
        title: `ours, ${store.name}`,
        ack: store.ack,
        ...(store.mostSockets !== undefined && { mostSockets: store.mostSockets }),
        restart: () => served.restart(),
        async stop() {
          await served.stop();
          await store.stop();
        },
      };
    } catch (reason) {
      await store.stop();
      throw reason;
    }
  },
};
