/** A fake server and phones that reach it, all on one clock that the test moves. */
import { FakeServer } from './fake-server.ts';
import { ManualClock } from './manual-clock.ts';
import { createPhone } from './phone.ts';
import type { Phone, PhoneOptions } from './phone.ts';

export interface World {
  clock: ManualClock;
  server: FakeServer;
  /** Lets time pass; what it sets going is finished when this resolves. */
  run(ms: number): Promise<void>;
  /** A phone whose app was just opened for the first time. */
  phone(options: Partial<PhoneOptions> & { name: string }): Phone;
  /** One that is signed in and live. */
  live(name: string): Promise<Phone>;
}

/** Backoff draws 0.5 each time, so that times in tests are known. */
export function createWorld(): World {
  const clock = new ManualClock();
  const server = new FakeServer(clock);
  const run = (ms: number): Promise<void> => clock.run(ms);
  const phone: World['phone'] = (options) =>
    createPhone({ network: server, clock, random: () => 0.5, ...options });

  async function live(name: string): Promise<Phone> {
    const made = phone({ name });
    const signedIn = made.signIn();
    await run(1_000);
    await signedIn;
    return made;
  }

  return { clock, server, run, phone, live };
}
