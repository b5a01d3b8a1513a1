/**
 * The words in the language of the phone. Chinese until `speak` is called, which the composition root does before any
 * page or component is loaded: a language changes only with a restart of WeChat. English for every other language.
 */
import { en } from './en';
import { zh, type Words } from './zh';

export type { Words } from './zh';

/** Read when needed, or once in the `data` of a page: it does not change while pages are open. */
export let words: Words = zh;

/** @param language as wx.getAppBaseInfo tells it: zh_CN, zh_TW, en, ja … */
export function speak(language: string): void {
  words = /^zh/i.test(language) ? zh : en;
}

/** What stands behind the @ of a call of everybody, in whichever language its writer's phone speaks. */
export const everyone: readonly string[] = [zh.names.everyone, en.names.everyone];
