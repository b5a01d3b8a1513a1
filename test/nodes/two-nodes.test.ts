/** Two nodes over the embedded store and a real NATS. */
import { test } from 'node:test';
import { nothingIsLost } from './faults-suite.ts';
import { twoNodes } from './two-nodes-suite.ts';

test('two nodes are one server', (t) => twoNodes(t));

test('50 writers on two nodes lose nothing by a lossy bus, a frozen one, and a node that is killed', (t) =>
  nothingIsLost(t, { writers: 50 }));
