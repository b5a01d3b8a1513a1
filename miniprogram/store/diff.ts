/**
 * Pure: what `setData` has to be told so that a page which shows `previous` shows `next`. Values that are the same
 * object are taken for unchanged and not looked into, so a tree that shares what did not change is cheap to compare.
 */

/** In the form of setData: path → new value, such as `{'rows[12].state': 'sent'}`. */
export type Changes = Record<string, unknown>;

type Fields = Record<string, unknown>;

/** Keys that setData's path parsers all read back as they were written. */
const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

/**
 * The fewest and narrowest paths that setData can express. It cannot shorten a list or take a key away, so those
 * are sent whole; a key that vanished from the top becomes null. List elements that carry a `key` are compared
 * field by field only with the element of the same key.
 */
export function diff(previous: object, next: object): Changes {
  const changes: Changes = {};
  const before = previous as Fields;
  const after = next as Fields;
  for (const name of Object.keys(after)) compare(name, before[name], after[name], changes);
  for (const name of Object.keys(before)) {
    if (!(name in after)) changes[name] = null;
  }
  return changes;
}

function compare(path: string, before: unknown, after: unknown, changes: Changes): void {
  if (Object.is(before, after)) return;
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(path, before, after, changes);
  if (isFields(before) && isFields(after)) return compareFields(path, before, after, changes);
  // setData does not take undefined.
  changes[path] = after === undefined ? null : after;
}

function compareFields(path: string, before: Fields, after: Fields, changes: Changes): void {
  const found: Changes = {};
  let narrow = Object.keys(before).every((name) => name in after);
  for (const name of Object.keys(after)) {
    if (Object.is(before[name], after[name])) continue;
    narrow &&= PLAIN_KEY.test(name);
    compare(`${path}.${name}`, before[name], after[name], found);
  }
  if (narrow) Object.assign(changes, found);
  else if (Object.keys(found).length > 0 || Object.keys(before).length !== Object.keys(after).length) {
    changes[path] = after;
  }
}

function compareLists(path: string, before: unknown[], after: unknown[], changes: Changes): void {
  if (before.length === 0 || after.length < before.length) {
    changes[path] = after;
    return;
  }
  const found: Changes = {};
  let replaced = 0;
  after.forEach((element, index) => {
    const old = before[index];
    const place = `${path}[${index}]`;
    if (index < before.length && sameElement(old, element)) return compare(place, old, element, found);
    found[place] = element;
    if (index < before.length) replaced += 1;
  });
  // Something was put in at the front, so nearly all have moved: the list as one value is the shorter message.
  if (replaced > before.length / 2) changes[path] = after;
  else Object.assign(changes, found);
}

function sameElement(before: unknown, after: unknown): boolean {
  return isFields(before) && isFields(after) ? before['key'] === after['key'] : Object.is(before, after);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
