/** What the person has set on this phone, and how the app is opened, from the address of its page: `user`, `theme`,
 * `lang`, `font`, `page`. PURE. */
import type { Theme } from '../compile/manifest.ts';

export interface Settings {
  /** Whose phone it is. */
  phone: string;
  theme: Theme;
  /** 'zh_CN', 'en'. */
  language: string;
  /** Px; WeChat's middle is 17. */
  fontSize: number;
  /** The page that the app is opened with, and what it is told, as by a message of WeChat's; '' for its first. */
  page: string;
}

export const MIDDLE_FONT = 17;

const FONT_SIZES: Record<string, number> = { small: 15, standard: MIDDLE_FONT, large: 22 };
const LANGUAGES: Record<string, string> = { zh: 'zh_CN', en: 'en' };

export function readSettings(query: URLSearchParams): Settings {
  return {
    phone: query.get('user') ?? 'alice',
    theme: query.get('theme') === 'dark' ? 'dark' : 'light',
    language: LANGUAGES[query.get('lang') ?? ''] ?? 'zh_CN',
    fontSize: FONT_SIZES[query.get('font') ?? ''] ?? MIDDLE_FONT,
    page: query.get('page') ?? '',
  };
}
