/**
 * What app.json, theme.json and a page's json say, as one object that the phone reads. PURE. Resolves nothing that
 * hangs on the theme: a colour stays '@bar' until it is painted (`themed`), for the theme may change meanwhile.
 */

export type Theme = 'light' | 'dark';

/** Of `window` in app.json, and of a page's own json, which goes before it. */
export interface WindowConfig {
  navigationBarTitleText?: string;
  navigationBarBackgroundColor?: string;
  navigationBarTextStyle?: string;
  navigationStyle?: 'default' | 'custom';
  backgroundColor?: string;
  /** Of the dots of pull-down: dark or light. */
  backgroundTextStyle?: string;
  disableScroll?: boolean;
  enablePullDownRefresh?: boolean;
  /** Px from the end of the page where onReachBottom is called. */
  onReachBottomDistance?: number;
}

export interface TabBarConfig {
  color: string;
  selectedColor: string;
  backgroundColor: string;
  borderStyle?: string;
  list: { pagePath: string; text: string; iconPath?: string; selectedIconPath?: string }[];
}

export interface Manifest {
  pages: string[];
  window: WindowConfig;
  tabBar?: TabBarConfig;
  darkmode: boolean;
  themes: Partial<Record<Theme, Record<string, string>>>;
}

/** A page's or a component's json. */
export interface ComponentConfig extends WindowConfig {
  component?: boolean;
  usingComponents?: Record<string, string>;
  styleIsolation?: string;
}

export interface AppConfig {
  pages?: string[];
  window?: WindowConfig;
  tabBar?: TabBarConfig;
  darkmode?: boolean;
  usingComponents?: Record<string, string>;
}

export function createManifest(app: AppConfig, themes: Manifest['themes']): Manifest {
  return {
    pages: app.pages ?? [],
    window: app.window ?? {},
    ...(app.tabBar ? { tabBar: app.tabBar } : {}),
    darkmode: app.darkmode === true,
    themes,
  };
}

/** '@bar' becomes what theme.json says for it; anything else stays. */
export function themed(manifest: Manifest, theme: Theme, value: string): string {
  if (!value.startsWith('@')) return value;
  return manifest.themes[manifest.darkmode ? theme : 'light']?.[value.slice(1)] ?? '';
}
