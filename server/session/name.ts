/** What a person may be called: the one rule for names that are typed at login and in the profile. */
import { ErrorCode } from '../../miniprogram/protocol/errors.ts';
import { Refusal } from '../outcome.ts';

const LONGEST = 32;
/** Controls, line ends, and what turns the direction of the text that follows. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * The name without the spaces around it, in the composed form of Unicode (NFC), so that one name is one string.
 * @param field as the refusal shall call it
 * @throws Refusal BAD_REQUEST
 */
export function checkedName(field: string, text: string): string {
  const name = text.trim().normalize('NFC');
  const length = [...name].length;
  if (length < 1 || length > LONGEST) throw bad(`${field} has ${length} characters`);
  if (!name.isWellFormed()) throw bad(`${field} holds half a character (a lone surrogate)`);
  if (FORBIDDEN.test(name)) throw bad(`${field} holds a control character`);
  if (!VISIBLE.test(name)) throw bad(`${field} has nothing to see`);
  return name;
}

function bad(what: string): Refusal {
  return new Refusal(ErrorCode.BAD_REQUEST, `${what}; allowed: 1–${LONGEST} visible characters on one line.`);
}
