/**
 * People in a real browser, before a real server: what a person can do, and what goes wrong on phones. One server and
 * one browser for all of it; each test has pages, phones and rooms of its own, so none needs another's order.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe } from 'node:test';
import { breaking } from './e2e/breaking.ts';
import { doing } from './e2e/doing.ts';
import { looking } from './e2e/looking.ts';
import { Play } from './e2e/play.ts';
import { reading } from './e2e/reading.ts';
import { findChromium, Stage } from './e2e/stage.ts';
import { talking } from './e2e/talking.ts';

const chromium = findChromium();
const isCi = process.env['CI'] === 'true';
const skip =
  chromium === null && !isCi
    ? 'there is no Chromium: install one (Debian: apt-get install chromium) or name it in CHROMIUM'
    : false;

describe('the preview in a browser', { skip, timeout: 240_000 }, () => {
  let stage: Stage;
  let play: Play;

  before(async () => {
    if (chromium === null) throw new Error('CI has to have a Chromium; CHROMIUM names one elsewhere');
    stage = await Stage.open(chromium);
  });
  after(() => stage?.close());
  beforeEach(() => {
    play = new Play(stage);
  });
  afterEach(async () => {
    assert.deepEqual(await play.end(), []);
  });

  describe('people talk', () => talking(() => play));
  describe('people do things', () => doing(() => play));
  describe('a long chat is read', () => reading(() => play));
  describe('things break', () => breaking(() => play));
  describe('everything looks right', () => looking(() => play));
});
