/**
 * Owns the comparing of release numbers: of Node, of npm. Pure. Knows major and minor, which is all that
 * the project asks for; a patch number or a suffix never decides.
 */

/**
 * @param {string} text such as `v22.18.0`, `22.18` or `9`
 * @returns {[major: number, minor: number]}
 */
export function parseRelease(text) {
  const found = /^v?(\d+)(?:\.(\d+))?/.exec(text);
  if (!found) throw new TypeError(`not a release number: ${text}`);
  return [Number(found[1]), Number(found[2] ?? 0)];
}

/**
 * @param {string} release
 * @param {string} least
 */
export function isAtLeast(release, least) {
  const [major, minor] = parseRelease(release);
  const [leastMajor, leastMinor] = parseRelease(least);
  return major === leastMajor ? minor >= leastMinor : major > leastMajor;
}

/**
 * Can the project's own code run on this Node? From 22.18 on Node runs TypeScript as it stands; the native
 * part of uWebSockets.js that is pinned here ends with Node 22.
 *
 * @param {string} release
 */
export function runsTheProject(release) {
  return isAtLeast(release, '22.18') && !isAtLeast(release, '23');
}
