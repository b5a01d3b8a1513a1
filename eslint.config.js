/**
 * The house rules that a program can check. Owns what architecture.md §3 says about names, sizes and globals;
 * who may import whom is in .dependency-cruiser.mjs, layout is prettier's, wxml has a check of its own.
 */
import { basename } from 'node:path';
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const sources = ['miniprogram/**/*.ts', 'server/**/*.ts'];
const typed = [...sources, 'test/**/*.ts'];

/** A name that says nothing gathers everything: the noun is missing (docs: style). */
const fileName = {
  create: (context) => ({
    Program(node) {
      const name = basename(context.filename).replace(/\..*$/, '');
      if (/^(utils?|helpers?|common|misc|types|index)$/.test(name)) {
        context.report({ node, message: `Name the file for the one noun that it owns, not "${name}".` });
      }
    },
  }),
};

const noEnum = {
  selector: 'TSEnumDeclaration',
  message: 'An `as const` object and a union of the same name, instead of an enum.',
};
const leafOnly = [
  'ImportDeclaration[importKind!="type"]',
  'ExportNamedDeclaration[source][exportKind!="type"]',
  'ExportAllDeclaration[exportKind!="type"]',
  'ImportExpression',
].map((selector) => ({
  selector,
  message: 'Protocol files are leaves, read by Node and by DevTools: only `import type`.',
}));

const processByName = {
  name: 'process',
  message: 'Only the two main.ts know the process: hand in what is needed.',
};
const wxByName = { name: 'wx', message: 'Only a wx-….ts adapter knows the platform.' };
const getAppByName = {
  name: 'getApp',
  message: 'Components get properties and give events; pages reach the app.',
};
const connectSocket = {
  object: 'wx',
  property: 'connectSocket',
  message: 'net/wx-socket.ts is its only caller.',
};

export default defineConfig(
  { ignores: ['node_modules/', 'data/', 'coverage/', '.cache/', '**/miniprogram_npm/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,js,mjs}'],
    extends: [js.configs.recommended],
    plugins: { house: { rules: { 'file-name': fileName } } },
    rules: {
      'house/file-name': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      eqeqeq: 'error',
      'no-else-return': ['error', { allowElseIf: false }],
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // A vocabulary is one file a language: lines of data, in the same order in both.
    files: ['miniprogram/words/zh.ts', 'miniprogram/words/en.ts'],
    rules: { 'max-lines': ['error', { max: 600, skipBlankLines: false, skipComments: false }] },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict],
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-ignore': true, 'ts-nocheck': true, 'ts-expect-error': 'allow-with-description' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': ['error', noEnum],
    },
  },
  {
    files: typed,
    extends: [tseslint.configs.recommendedTypeCheckedOnly],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Ports and factories hand out functions that know no `this`; the rule takes them for methods.
      '@typescript-eslint/unbound-method': 'off',
      // `'' | string` says in the type what the empty string is for.
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: ['server/**/*.ts'],
    ignores: ['server/main.ts', 'server/cli/main.ts'],
    rules: {
      'no-restricted-globals': ['error', processByName],
      'no-restricted-properties': ['error', { object: 'globalThis', property: 'process' }],
      'no-restricted-imports': [
        'error',
        { paths: ['process', 'node:process'].map((name) => ({ ...processByName, name })) },
      ],
    },
  },
  {
    // S26: what uWebSockets.js hands in is gone when its handler returns, and reading it then reads freed memory.
    files: ['server/edge/uws.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        noEnum,
        ...['request', 'ws', 'message', 'chunk'].map((name) => ({
          selector: `:function[async=true] Identifier[name="${name}"]`,
          message: 'Gone by the time an async function goes on: copy what is needed before.',
        })),
      ],
    },
  },
  {
    files: ['miniprogram/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^\\.{1,2}/.*\\.[jt]s$',
              message: 'DevTools wants relative imports without an extension.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['miniprogram/**/*.ts'],
    ignores: ['miniprogram/net/wx-socket.ts'],
    rules: { 'no-restricted-properties': ['error', connectSocket] },
  },
  {
    files: ['miniprogram/protocol/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noEnum, ...leafOnly],
      'no-restricted-globals': ['error', wxByName, getAppByName],
    },
  },
  {
    files: ['miniprogram/{net,sync,store}/**/*.ts'],
    ignores: ['miniprogram/**/wx-*.ts'],
    rules: { 'no-restricted-globals': ['error', wxByName, getAppByName] },
  },
  {
    files: ['miniprogram/components/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', getAppByName] },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // node:test hands back promises that its runner already waits for.
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
            { from: 'package', package: '@types/node', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    // The globals of Node that plain scripts use; TypeScript knows them by itself.
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { console: 'readonly', process: 'readonly', Buffer: 'readonly', URL: 'readonly' },
    },
  },
);
