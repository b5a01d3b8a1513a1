/**
 * Spares the developer the typing: the first time that the app stands at its sign-in page, this phone's name goes into
 * the field of the dev login and is confirmed, as a person would do it. Once a start, so one can sign out as well.
 */
const PAGE = 'pages/sign-in/sign-in';
const TRIES = 50;

let done = new URLSearchParams(location.search).get('signin') === '0';

export function signInOnce(path: string, name: string): void {
  if (done || path !== PAGE) return;
  done = true;
  attempt(name, TRIES);
}

/** The page may still be loading. */
function attempt(name: string, left: number): void {
  const field = document.querySelector<HTMLInputElement>(`[data-page="${PAGE}"] wx-input > input`);
  if (!field) {
    if (left > 0) setTimeout(() => attempt(name, left - 1), 20);
    return;
  }
  field.value = name;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
}
