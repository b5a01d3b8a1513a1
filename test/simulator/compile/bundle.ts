/**
 * The mini-program as one script for the phone: templates by WeChat's own compiler (glass-easel's), styles, every
 * module as CommonJS text, the configuration. Promises a bundle even where the sources have faults, with each fault
 * in words; what cannot be shown (an npm component, a built-in tag that the phone lacks) is a fault too. About 0.3 s.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { createManifest, type AppConfig, type ComponentConfig, type Manifest } from './manifest.ts';
import { unknownParts } from './tags.ts';
import { compileWxss, inlineImports } from './wxss.ts';
import { compileWxs } from './wxs.ts';

/** What the script leaves in `globalThis.chahuaBundle`; `templates` is code, so it has no type here. */
export interface Bundle {
  manifest: Manifest;
  configs: Record<string, ComponentConfig>;
  /** In the order in which they apply: the app's first. */
  styles: { path: string; css: string }[];
  /** What stands before the classes of a component. */
  prefixes: Record<string, string>;
  templates: Record<string, unknown>;
  /** CommonJS, by path without extension. */
  modules: Record<string, string>;
}

export interface BuildResult {
  script: string;
  /** Each in one line that names the file. */
  problems: string[];
}

interface TemplateProblem {
  path: string;
  message: string;
  level: string;
  startLine: number;
}

interface TemplateGroup {
  addTmpl(path: string, text: string): TemplateProblem[];
  addScript(path: string, text: string): void;
  getTmplGenObjectGroups(): string;
  free(): void;
}

const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler') as {
  TmplGroup: new () => TemplateGroup;
};

/** @param folder of the mini-program, with its app.json */
export async function buildBundle(folder: string): Promise<BuildResult> {
  const files = await readSources(folder);
  const problems: string[] = [];
  const app = parse<AppConfig>(files, 'app.json', problems);
  const themes = files.has('theme.json') ? parse<Manifest['themes']>(files, 'theme.json', problems) : {};
  const configs = readConfigs(files, app, problems);
  const { styles, prefixes } = compileStyles(files, configs);
  const script = [
    `globalThis.chahuaBundle={manifest:${JSON.stringify(createManifest(app, themes))}`,
    `configs:${JSON.stringify(configs)}`,
    `styles:${JSON.stringify(styles)}`,
    `prefixes:${JSON.stringify(prefixes)}`,
    `templates:${compileTemplates(files, configs, problems)}`,
    `modules:${JSON.stringify(await compileModules(folder, files, problems))}};`,
  ].join(',\n');
  return { script, problems };
}

async function readSources(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll('\\', '/')).sort();
  const wanted = names.filter((name) => /\.(ts|json|wxml|wxss|wxs)$/.test(name) && !name.endsWith('.d.ts'));
  const texts = await Promise.all(wanted.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(wanted.map((name, index) => [name, texts[index] ?? '']));
}

function parse<T extends object>(files: Map<string, string>, name: string, problems: string[]): T {
  try {
    return JSON.parse(files.get(name) ?? '') as T;
  } catch (error) {
    problems.push(`${name}: ${error instanceof Error ? error.message : 'not JSON'}`);
    return {} as T;
  }
}

function readConfigs(files: Map<string, string>, app: AppConfig, problems: string[]): Bundle['configs'] {
  const configs: Bundle['configs'] = {};
  for (const path of app.pages ?? []) {
    if (!files.has(`${path}.json`)) configs[path] = { usingComponents: { ...app.usingComponents } };
    if (!files.has(`${path}.wxml`)) problems.push(`${path}.wxml: named in app.json, but there is none`);
  }
  for (const name of files.keys()) {
    const path = name.replace(/\.json$/, '');
    if (path === name || path === 'app' || !files.has(`${path}.wxml`)) continue;
    const config = parse<ComponentConfig>(files, name, problems);
    if (config.component !== true && !app.pages?.includes(path)) continue;
    configs[path] = { ...config, usingComponents: { ...app.usingComponents, ...config.usingComponents } };
    for (const [tag, target] of Object.entries(configs[path].usingComponents ?? {})) {
      const component = new URL(target, `file:///${path}`).pathname.slice(1);
      if (!files.has(`${component}.json`))
        problems.push(`${name}: <${tag}> is "${target}", which is not here`);
    }
  }
  return configs;
}

function compileTemplates(
  files: Map<string, string>,
  configs: Bundle['configs'],
  problems: string[],
): string {
  const group = new TmplGroup();
  try {
    for (const [name, text] of files) {
      const path = name.replace(/\.\w+$/, '');
      if (name.endsWith('.wxs')) group.addScript(path, compileWxs(text));
      if (!name.endsWith('.wxml')) continue;
      // An unclosed tag is only a 'Warn' to this compiler; a 'Note' is about taste.
      for (const { level, message, startLine } of group.addTmpl(path, text)) {
        if (level !== 'Note') problems.push(`${name}:${startLine + 1}: ${message}`);
      }
      const components = new Set(Object.keys(configs[path]?.usingComponents ?? {}));
      for (const part of unknownParts(text, components)) {
        problems.push(`${name}: ${part} is unknown to the preview`);
      }
    }
    return group.getTmplGenObjectGroups();
  } finally {
    group.free();
  }
}

function compileStyles(
  files: Map<string, string>,
  configs: Bundle['configs'],
): Pick<Bundle, 'styles' | 'prefixes'> {
  const read = (file: string): string => files.get(file) ?? '';
  const styles = [{ path: 'app', css: compileWxss(inlineImports('app.wxss', read), { name: 'app' }) }];
  const prefixes: Record<string, string> = {};
  for (const [path, config] of Object.entries(configs)) {
    const text = inlineImports(`${path}.wxss`, read);
    if (config.component !== true) {
      styles.push({ path, css: compileWxss(text, { name: 'page', path }) });
      continue;
    }
    const prefix = path.split('/').at(-1) ?? path;
    prefixes[path] = Object.values(prefixes).includes(prefix) ? path.replaceAll('/', '_') : prefix;
    styles.push({ path, css: compileWxss(text, { name: 'component', path, prefix: prefixes[path] }) });
  }
  return { styles, prefixes };
}

async function compileModules(
  folder: string,
  files: Map<string, string>,
  problems: string[],
): Promise<Bundle['modules']> {
  const scripts = [...files.keys()].filter((name) => name.endsWith('.ts'));
  const outputs = await build({
    entryPoints: scripts.map((name) => join(folder, name)),
    outbase: folder,
    outdir: folder,
    write: false,
    format: 'cjs',
    target: 'es2022',
    sourcemap: 'inline',
    tsconfigRaw: {},
    logLevel: 'silent',
  }).catch((failure: unknown) => {
    const { errors = [] } = failure as {
      errors?: { text: string; location?: { file: string; line: number } }[];
    };
    for (const { text, location } of errors) {
      problems.push(`${location?.file ?? folder}:${location?.line ?? 0}: ${text}`);
    }
    return { outputFiles: [] };
  });
  const pathOf = (file: string): string => file.slice(folder.length).replaceAll('\\', '/').replace(/^\//, '');
  return Object.fromEntries(
    outputs.outputFiles.map(({ path, text }) => [pathOf(path).replace(/\.js$/, ''), text]),
  );
}
