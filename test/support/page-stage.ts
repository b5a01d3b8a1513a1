/** The stage for a file of page tests: an app and a `wx` that are new before every test, and nothing left mounted. */
import { afterEach, beforeEach } from 'node:test';
import { createPageApp, settleIn, type PageApp } from './page-app.ts';
import { PageWx } from './page-wx.ts';
import { unmountAll } from './simulate.ts';

export interface Stage {
  app: PageApp;
  wx: PageWx;
}

/** @param begin is given a new stage, on which 小明 is signed in (`settleIn`), before every test */
export function onStage(begin: (stage: Stage) => void): void {
  onEmptyStage((stage) => {
    settleIn(stage.app);
    begin(stage);
  });
}

/** The same with nobody signed in and nothing in the tree. */
export function onEmptyStage(begin: (stage: Stage) => void): void {
  beforeEach(() => {
    const stage = { app: createPageApp(), wx: new PageWx() };
    stage.wx.install();
    begin(stage);
  });
  afterEach(unmountAll);
}
