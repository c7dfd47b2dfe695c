/** Bundles the command line into one file, which starts in a fraction of the time of its sources. */
import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { foldersOf } from './licenses.ts';
import { BUNDLED, projectManifest } from './manifest.ts';

const TOP = join(import.meta.dirname, '../..');
const ENTRY = 'functions/command-line/one-file.ts';

export interface CommandFile {
  readonly text: string;
  readonly metafile: Metafile;
  /** The files whose content decides the text, relative to the project's folder. Not the files of esbuild, nor those that build. */
  readonly inputs: readonly string[];
}

/**
 * One CommonJS file: `require` loads it faster than `import` loads an ES module, and packages that aren't in it are loaded when they are
 * used. It isn't minified, which earns nothing with a compile cache and would spoil the stack frames of a bug.
 * @param signals the path of signals.cjs from the file. It stays a module of its own, because it catches signals before the file is loaded.
 */
export async function bundleCommand(signals: string): Promise<CommandFile> {
  const { dependencies, peerDependencies } = await projectManifest();
  const packages = Object.keys({ ...dependencies, ...peerDependencies });
  const texts = await ownTexts();
  const { outputFiles, metafile } = await build({
    absWorkingDir: TOP,
    entryPoints: [ENTRY],
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    keepNames: true,
    legalComments: 'none',
    external: packages.filter((name) => !BUNDLED.includes(name)),
    define: { 'import.meta.dirname': '""' },
    plugins: [ownFiles(signals, texts), stringWidthWhenCalled, childProcessWhenCalled],
    // The file must not depend on settings of the compiler.
    tsconfigRaw: '{}',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return {
    text: inAscii(outputFiles[0]?.text ?? ''),
    metafile,
    inputs: [
      ...Object.keys(metafile.inputs).filter((path) => !path.startsWith(WHEN_CALLED)),
      ...texts.keys(),
      ...foldersOf(metafile).map((folder) => `${folder}/package.json`),
    ],
  };
}

/** Where an escape would mean something else: after a backslash, and in a template that reads its raw text. */
const UNESCAPABLE = /\\[^\0-\x7f]|\braw`[^`]*[^\0-\x7f]/;

/**
 * The same program in ASCII, which Node.js reads without decoding it and V8 keeps in half the memory. esbuild escapes strings, but not
 * comments and regular expressions, where an escape means the same.
 */
const inAscii = (text: string): string =>
  UNESCAPABLE.test(text)
    ? text
    : text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The text files that modules read, by their path. */
async function ownTexts(): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for await (const path of glob('functions/**/*.{sql,css,js}', { cwd: TOP }))
    texts.set(path.replaceAll('\\', '/'), await readFile(join(TOP, path), 'utf8'));
  return texts;
}

/** Puts the text files into the file, and leaves out signals.cjs. */
const ownFiles = (signals: string, texts: ReadonlyMap<string, string>): Plugin => ({
  name: 'own-files',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/signals\.cjs$/ }, () => ({ path: signals, external: true }));
    onLoad({ filter: /[\\/]snapshot[\\/]own-text\.ts$/ }, () => {
      const byName = Object.fromEntries([...texts].map(([path, text]) => [basename(path), text]));
      return { contents: `const TEXTS = ${JSON.stringify(byName)};\nexport const ownText = (_, name) => TEXTS[name];` };
    });
  },
});

const WHEN_CALLED = 'when-called';

/** Preparing string-width's regular expressions takes a large part of a start, and most commands print only ASCII. */
const stringWidthWhenCalled: Plugin = {
  name: WHEN_CALLED,
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^string-width$/ }, ({ kind, path }) =>
      kind === 'require-call' ? undefined : { path, namespace: WHEN_CALLED },
    );
    onLoad({ filter: /.*/, namespace: WHEN_CALLED }, ({ path }) => ({
      contents: `let width;\nexport default (text) => (width ??= require('${path}').default)(text);`,
      resolveDir: TOP,
    }));
  },
};

/** Commander could run commands that are programs of their own. None is, and loading child_process loads all of Node.js's networking. */
const childProcessWhenCalled: Plugin = {
  name: 'child-process-when-called',
  setup({ onLoad, onResolve }) {
    const namespace = `${WHEN_CALLED}-child-process`;
    onResolve({ filter: /^node:child_process$/ }, ({ importer, path }) =>
      /[\\/]commander[\\/]lib[\\/]/.test(importer) ? { path, namespace } : undefined,
    );
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `export default { spawn: (...all) => require('${path}').spawn(...all) };`,
    }));
  },
};
