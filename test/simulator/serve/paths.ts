/** Paths of the preview's own, which the phones' code and the server agree on. PURE. */

/** Before a file of the package: a picture that the app names without a host. */
export const PACKAGE_PATH = '/package';

/** In the query of what cannot bear a header, says whose line it takes; the server takes it off again. */
export const PHONE_MARK = 'preview-phone';

/** `address` with the mark, if it is the page's own host; everything else as it is. */
export function marked(address: string, host: string, phone: string): string {
  const url = new URL(address);
  if (url.host !== host) return address;
  // Added by hand: what is signed must stay as it is, to the letter.
  return `${address}${url.search === '' ? '?' : '&'}${PHONE_MARK}=${encodeURIComponent(phone)}`;
}

/** A path and query without the mark. */
export function unmarked(path: string): string {
  return path.replace(new RegExp(`[?&]${PHONE_MARK}=[^&]*$`), '');
}
