/**
 * `npm run devtools-check`: what WeChat DevTools would say of the project, without DevTools: miniprogram-ci reads,
 * judges and compiles it, offline. The package is large (276 MB), so it is no dependency: npx fetches it, pinned, and
 * keeps it in npm's cache. Works on a copy in a temporary folder; ends with 1 where a check fails or a file does not compile.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './set-up.mjs';

const CI = 'miniprogram-ci@2.1.42';
const PROJECT = ['miniprogram', 'project.config.json', 'package.json'];
/** WeChat's own limit of the main package. */
const MOST_BYTES = 2 * 1024 * 1024;

/** What WeChat's server tells of an app; here for one that nobody has registered. */
const ATTRIBUTES = {
  platform: false,
  appType: 0,
  isSandbox: false,
  released: false,
  setting: {
    MaxCodeSize: 2,
    MaxSubpackageSubCodeSize: 2,
    MaxSubpackageFullCodeSize: 30,
    NavigateMiniprogramLimit: 10,
    MaxSubPackageLimit: 100,
    MinTabbarCount: 2,
    MaxTabbarCount: 5,
    MaxTabbarIconSize: 40,
  },
};

const folder = ciFolder();
if (folder) process.exit(await check(createRequire(import.meta.url)(folder)));
const shell = process.platform === 'win32';
const again = ['--yes', `--package=${CI}`, '--', 'node', fileURLToPath(import.meta.url)];
process.exitCode = spawnSync('npx', again, { cwd: root, stdio: 'inherit', shell }).status ?? 1;

/** npx puts the folder of the programs it fetched on the PATH. */
function ciFolder() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((path) => path.includes('_npx'));
  return folders.map((path) => join(path, '..', 'miniprogram-ci')).find((path) => existsSync(path));
}

/**
 * @param {any} ci miniprogram-ci, which has types for a part of this only
 * @returns {Promise<0 | 1>}
 */
async function check(ci) {
  const copy = mkdtempSync(join(tmpdir(), 'chahua-devtools-'));
  try {
    for (const name of PROJECT) cpSync(join(root, name), join(copy, name), { recursive: true });
    const project = new ci.Project({
      appid: 'touristappid',
      type: 'miniProgram',
      projectPath: copy,
      privateKey: 'none',
    });
    project.attr = () => Promise.resolve(ATTRIBUTES);
    return (await judge(ci, project)) ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * @param {any} ci
 * @param {any} project
 */
async function judge(ci, project) {
  const { files } = await ci.analyseCode(project, { silent: true });
  console.log(`analyseCode: ${files.length} files`);

  /** @type {{name: string, success: boolean, text: string, detail: unknown}[]} */
  const verdicts = await ci.checkCodeQuality(project);
  for (const { name, success, text, detail } of verdicts) {
    console.log(`${success ? '✔' : '✖'} ${name}`);
    if (!success) console.log(`    ${text} ${JSON.stringify(detail)}`);
  }

  const setting = { useProjectConfig: true };
  const options = { project, version: '0.0.0', desc: '', setting, onProgressUpdate: () => undefined };
  /** @type {Record<string, string | Buffer>} */
  const compiled = await ci.getCompiledResult(options);
  const bytes = Object.values(compiled).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  const fits = bytes <= MOST_BYTES;
  console.log(`${fits ? '✔' : '✖'} compile: ${Object.keys(compiled).length} files, ${bytes} bytes`);
  return fits && verdicts.every(({ success }) => success);
}
