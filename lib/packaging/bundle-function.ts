/** Bundles a function for Lambda: what every start loads in one file, and what only a special case needs in others. */
import { type BuildOptions, build, type Message, type Metafile, transform } from 'esbuild';

/**
 * How a function is bundled. Names are kept, because the log shows only the stack frames of a bug. Lambda passes credentials in the
 * environment, so the providers that read a user's files are excluded, with the clients that they need.
 */
export const BUNDLING = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  legalComments: 'none',
  external: [
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-login',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@aws-sdk/token-providers',
  ],
} satisfies BuildOptions;

/** Loaded by Lambda. */
export const ENTRY = 'index.js';

export interface Bundle {
  /** The text of each file by its name. */
  readonly files: ReadonlyMap<string, string>;
  /** The files that are loaded with ENTRY, ENTRY included. The others are loaded when they are used. */
  readonly atStart: readonly string[];
  /** What the files were built from. */
  readonly metafile: Metafile;
  readonly warnings: readonly Message[];
}

/**
 * Bundles a function for `npm run bundle`, the deployment and the tests. What the code imports with `import()` is in files of its own,
 * which share the rest of the code with the entry. A class exists once, so `instanceof` works across files.
 *
 * Minified CommonJS, built from the ES modules of packages that have them, starts fastest. esbuild splits only ES modules, so each of its
 * files is then converted.
 * @param top the working directory of esbuild, to which the entry is relative
 */
export async function bundleFunction(entry: string, top: string): Promise<Bundle> {
  const { outputFiles, metafile, warnings } = await build({
    ...BUNDLING,
    absWorkingDir: top,
    entryPoints: { index: entry },
    format: 'esm',
    splitting: true,
    outdir: '.',
    chunkNames: '[name]-[hash]',
    write: false,
    metafile: true,
    logLevel: 'warning',
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [nameOf(path), text]));
  const converted = await Promise.all([...texts].map(async ([name, text]) => [name, await toCommonJs(text)] as const));
  return {
    files: new Map(converted.map(([name, { code }]) => [name, code])),
    atStart: loadedWith(ENTRY, metafile),
    metafile,
    warnings: [...warnings, ...converted.flatMap(([, result]) => result.warnings)],
  };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Lambda's `require` loads the files. `import()` would load them as ES modules, which takes longer. */
const toCommonJs = (text: string) =>
  transform(text, {
    format: 'cjs',
    platform: BUNDLING.platform,
    target: BUNDLING.target,
    minify: true,
    legalComments: 'none',
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
  });

/** A file and all files that it imports statically, directly or not. */
export function loadedWith(file: string, { outputs }: Metafile): string[] {
  const found = new Set([file]);
  for (const name of found)
    for (const { path, kind, external } of outputs[name]?.imports ?? [])
      if (kind === 'import-statement' && !external) found.add(path);
  return [...found];
}
