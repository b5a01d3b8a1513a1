/**
 * What a test of the preview plays with: pages with phones, rooms with people in them, and the promise that nobody
 * heard a fault that the test did not ask for. One for each test; what it opened ends with it.
 */
import { makeGroup, type Group } from './people.ts';
import type { Show, Stage } from './stage.ts';

export class Play {
  readonly stage: Stage;
  readonly #shows: Show[] = [];
  readonly #groups: Group[] = [];

  constructor(stage: Stage) {
    this.stage = stage;
  }

  async show(users: string[], options?: string): Promise<Show> {
    const show = await this.stage.show(users, options);
    this.#shows.push(show);
    return show;
  }

  /** A group of these people alone, made by one who owns it and is on no phone. */
  async group(name: string, members: string[], owner?: string): Promise<Group> {
    const group = await makeGroup(this.stage.serverUrl, { name, members, ...(owner && { owner }) });
    this.#groups.push(group);
    return group;
  }

  /** @returns the faults that were heard */
  async end(): Promise<string[]> {
    await this.stage.clear();
    for (const { owner } of this.#groups) await owner.close();
    return this.#shows.flatMap(({ faults }) => faults);
  }
}

/** Of the test that is running. */
export type Playing = () => Play;
