/** What an operator should know of WeChat's answers: a wrong AppID or AppSecret, a quota used up, WeChat out of reach. */
import type { Silence } from './api.ts';

export type Named = 'login' | 'token' | 'text check' | 'media check' | 'notice' | 'push';

export type Trouble =
  | { name: 'no-answer'; call: Named; why: Silence }
  /** Our own share of WeChat's quota is used up. */
  | { name: 'quota'; call: Named }
  /** An errcode that is no fault of the person's: 40013 is a wrong AppID, 40125 a wrong AppSecret. */
  | { name: 'errcode'; call: Named; errcode: number };

export type OnTrouble = (trouble: Trouble) => void;
