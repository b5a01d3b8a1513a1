/** What `wx` shows and where it goes: toasts, dialogs, bars, tabs, the stack of pages, the keyboard. */
import type { Dialogs } from '../dialogs.ts';
import type { Keyboard } from '../keyboard.ts';
import type { Pages } from '../pages.ts';
import type { Screen } from '../screen.ts';
import { number, text, WxFailure, type Asked, type Work, type WxFunction, type WxPart } from './call.ts';

export interface InterfaceDeps {
  dialogs: Dialogs;
  keyboard: Keyboard;
  pages: Pages;
  screen: Screen;
}

const MOST_SHEET_ITEMS = 6;

export function createInterfaceApi(
  deps: InterfaceDeps,
  call: (name: string, work: Work) => WxFunction,
): WxPart {
  const { dialogs, keyboard, pages, screen } = deps;
  const works: Record<string, Work> = {
    showToast: (asked) =>
      dialogs.toast(text(asked, 'title'), text(asked, 'icon', 'success'), number(asked, 'duration', 1500)),
    hideToast: () => dialogs.hideToast(),
    showLoading: (asked) => dialogs.toast(text(asked, 'title'), 'loading', Infinity),
    hideLoading: () => dialogs.hideToast(),
    showModal: (asked) => showModal(dialogs, asked),
    showActionSheet: (asked) => showActionSheet(dialogs, asked),
    showNavigationBarLoading: () => screen.setBusy('busy'),
    hideNavigationBarLoading: () => screen.setBusy('idle'),
    setNavigationBarTitle: (asked) => pages.setTitle(text(asked, 'title')),
    setNavigationBarColor: (asked) =>
      screen.setBarColours(text(asked, 'frontColor'), text(asked, 'backgroundColor')),
    setTabBarBadge: (asked) =>
      onTabs(screen, () => screen.mark(number(asked, 'index', -1), { badge: text(asked, 'text') })),
    removeTabBarBadge: (asked) =>
      onTabs(screen, () => screen.mark(number(asked, 'index', -1), { badge: '' })),
    showTabBarRedDot: (asked) => onTabs(screen, () => screen.mark(number(asked, 'index', -1), { dot: true })),
    hideTabBarRedDot: (asked) =>
      onTabs(screen, () => screen.mark(number(asked, 'index', -1), { dot: false })),
    setTabBarItem: (asked) =>
      onTabs(screen, () =>
        screen.setTab(number(asked, 'index', -1), given(asked, ['text', 'iconPath', 'selectedIconPath'])),
      ),
    setTabBarStyle: (asked) =>
      onTabs(screen, () =>
        screen.styleTabs(given(asked, ['color', 'selectedColor', 'backgroundColor', 'borderStyle'])),
      ),
    hideTabBar: () => onTabs(screen, () => screen.showTabBar('hidden')),
    showTabBar: () => screen.showTabBar('shown'),
    setBackgroundColor: (asked) => screen.setBackground(text(asked, 'backgroundColor')),
    setBackgroundTextStyle: (asked) => screen.setDots(text(asked, 'textStyle')),
    navigateTo: (asked) => pages.push(text(asked, 'url')),
    redirectTo: (asked) => pages.replace(text(asked, 'url')),
    navigateBack: (asked) => pages.back(number(asked, 'delta', 1)),
    switchTab: (asked) => pages.switchTab(text(asked, 'url')),
    reLaunch: (asked) => pages.relaunch(text(asked, 'url')),
    pageScrollTo: (asked) =>
      pages.scrollTo(number(asked, 'scrollTop', 0), number(asked, 'duration', 300) > 0),
    startPullDownRefresh: () => pages.startPullDown(),
    stopPullDownRefresh: () => pages.stopPullDown(),
    hideKeyboard: () => {
      if (keyboard.height === 0) throw new WxFailure('input not exists');
      keyboard.hide();
    },
  };
  return {
    ...Object.fromEntries(Object.entries(works).map(([name, work]) => [name, call(name, work)])),
    onKeyboardHeightChange: keyboard.changes.on,
    offKeyboardHeightChange: keyboard.changes.off,
  };
}

/** Of the texts that `asked` may hold, those that it holds. */
function given(asked: Asked, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (typeof asked[name] === 'string' ? [[name, asked[name]]] : [])),
  );
}

function onTabs(screen: Screen, change: () => void): void {
  if (!screen.isOnTab) throw new WxFailure('not TabBar page');
  change();
}

async function showModal(dialogs: Dialogs, asked: Asked): Promise<object> {
  const { confirmed, text: content } = await dialogs.modal({
    title: text(asked, 'title'),
    content: asked['editable'] === true ? '' : text(asked, 'content'),
    cancel: asked['showCancel'] === false ? '' : text(asked, 'cancelText', dialogs.words.cancel),
    confirm: text(asked, 'confirmText', dialogs.words.confirm),
    ...(asked['editable'] === true ? { field: text(asked, 'content') } : {}),
  });
  return { confirm: confirmed, cancel: !confirmed, ...(asked['editable'] === true ? { content } : {}) };
}

async function showActionSheet(dialogs: Dialogs, asked: Asked): Promise<object> {
  const items = Array.isArray(asked['itemList']) ? asked['itemList'].map(String) : [];
  if (items.length > MOST_SHEET_ITEMS)
    throw new WxFailure('parameter error: itemList should not exceed 6 items');
  const tapIndex = await dialogs.actionSheet(items, text(asked, 'alertText'));
  if (tapIndex < 0) throw new WxFailure('cancel');
  return { tapIndex };
}
