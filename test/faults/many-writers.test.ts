/** M20: everybody writes into one room at once, one of them from two devices. */
import { test } from 'node:test';
import { Stage } from './stage.ts';

test('50 writers and one room: everyone sees one gapless order that keeps each device’s own', async (t) => {
  const stage = await Stage.set(t);
  await stage.crowd('writer', 48);
  await stage.robot('person', 'phone');
  await stage.robot('person', 'tablet');
  for (let count = 1; count <= 20; count++) {
    for (const robot of stage.robots) robot.say(`number ${count} of ${robot.name}`);
  }
  await stage.verdict();
});
