/**
 * The message that all contenders carry: 128 bytes of ASCII, `^0000000123;` and padding, the number being the
 * message's own. Owns writing it and finding it again in a byte stream without parsing what is around it: neither
 * JSON nor Socket.IO escapes or contains such a text otherwise.
 */

export const TEXT_BYTES = 128;

const MARK = 0x5e; // ^
const END = 0x3b; // ;
const DIGITS = 10;
const PADDING = 'p'.repeat(TEXT_BYTES - DIGITS - 2);

export function textOf(number: number): string {
  return `^${String(number).padStart(DIGITS, '0')};${PADDING}`;
}

/** Calls `found` with each number in `bytes[start, end)`, in order. */
export function findNumbers(
  { bytes, start, end }: { bytes: Buffer; start: number; end: number },
  found: (number: number) => void,
): void {
  for (let at = start; at + TEXT_BYTES <= end; at++) {
    if (bytes[at] !== MARK || bytes[at + DIGITS + 1] !== END) continue;
    let number = 0;
    for (let digit = at + 1; digit <= at + DIGITS; digit++) number = number * 10 + bytes[digit]! - 0x30;
    found(number);
    at += TEXT_BYTES - 1;
  }
}
