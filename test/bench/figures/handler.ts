/**
 * How long a process takes to load each function's handler, compared with one that loads nothing: as it is deployed, also with the client
 * for KMS, and as the two alternatives, a single CommonJS file and ES modules.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { BUNDLING, type Bundle, bundleFunction, ENTRY } from '../../../lib/packaging/bundle-function.ts';
import { FUNCTIONS } from '../../../lib/packaging/functions.ts';
import { MOST_BYTES } from '../bundle-limits.ts';
import type { Figure, Row } from '../figure.ts';
import { runNode, TOP, withFolder } from '../processes.ts';
import { compared, inTurn, median, seconds } from '../rounds.ts';

/** CommonJS packages need `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
const OVER = 'over an empty Node.js process';
const LOADED: readonly Row[] = [
  { name: `handler loaded, ${OVER}`, unit: '', must: 3.6, aim: 2.6 },
  { name: `handler that signs loaded, ${OVER}`, unit: '' },
  { name: `handler as a single file loaded, ${OVER}`, unit: '' },
  { name: `handler as ES modules loaded, ${OVER}`, unit: '' },
  { name: `handler of the API loaded, ${OVER}`, unit: '' },
];
const BYTES: readonly Row[] = [
  { name: "handler's files", unit: 'kB', must: MOST_BYTES.atStart / 1000, isCount: true },
  {
    name: 'files of a handler that signs',
    unit: 'kB',
    must: (MOST_BYTES.atStart + MOST_BYTES.kms) / 1000,
    isCount: true,
  },
];

interface Loaded {
  readonly bytes: number;
  /** JavaScript that loads it. */
  readonly code: string;
}

export const handler: Figure = {
  name: 'handler',
  rows: () => [...LOADED, ...BYTES],
  measure: ({ rounds }) =>
    withFolder(async (folder) => {
      const bundles = await bundlesIn(folder);
      const environment = { AWS_REGION: 'eu-central-1', AWS_LAMBDA_FUNCTION_NAME: 'function' };
      const codes = ['', ...bundles.map(({ code }) => code)];
      const [nothing = [], ...loaded] = await inTurn(
        rounds,
        codes.map((code) => () => runNode(['--eval', `${code}process.exitCode=0`], { environment })),
      );
      const milliseconds = (usages: typeof nothing) => 1000 * median(usages.map(seconds));
      const sizes = bundles.map(({ bytes }) => bytes / 1000);
      return {
        measured: [
          ...loaded.map((usages, n) => ({
            ...compared(usages, nothing),
            details: `${(milliseconds(usages) - milliseconds(nothing)).toFixed(0)} ms more, ${sizes[n]?.toFixed(0)} kB`,
          })),
          ...sizes.slice(0, 2).map((size) => ({ values: [size] })),
        ],
      };
    }),
};

/** In the order of `LOADED`. */
async function bundlesIn(folder: string): Promise<readonly Loaded[]> {
  const [take, request] = [FUNCTIONS['take-snapshot'], FUNCTIONS['request-snapshot']];
  return [
    ...(await deployed(join(folder, 'take'), await bundleFunction(take, TOP))),
    await oneFile(join(folder, 'one'), take),
    await modules(join(folder, 'modules'), take),
    ...(await deployed(join(folder, 'request'), await bundleFunction(request, TOP))),
  ];
}

/** As deployed. If there is a file that signs, also with that. */
async function deployed(place: string, { files, atStart }: Bundle): Promise<Loaded[]> {
  await newPlace(place, 'commonjs');
  for (const [file, text] of files) await writeFile(join(place, file), text);
  const bytesOf = (...names: readonly string[]) =>
    names.reduce((bytes, file) => bytes + Buffer.byteLength(files.get(file) ?? ''), 0);
  const load = (file: string) => `require(${JSON.stringify(join(place, file))});`;
  const start = { bytes: bytesOf(...atStart), code: load(ENTRY) };
  const kms = [...files.keys()].find((file) => file.startsWith('kms-signer-'));
  return kms ? [start, { bytes: bytesOf(...atStart, kms), code: load(ENTRY) + load(kms) }] : [start];
}

async function oneFile(place: string, entry: string): Promise<Loaded> {
  const outfile = join(await newPlace(place, 'commonjs'), ENTRY);
  const { metafile } = await build({
    ...BUNDLING,
    format: 'cjs',
    entryPoints: [join(TOP, entry)],
    outfile,
    metafile: true,
  });
  return { bytes: bytesIn(metafile), code: `require(${JSON.stringify(outfile)});` };
}

async function modules(place: string, entry: string): Promise<Loaded> {
  const outdir = await newPlace(place, 'module');
  const banner = { js: REQUIRE };
  const entryPoints = { index: join(TOP, entry) };
  const split = { format: 'esm', splitting: true, entryPoints, outdir, banner } as const;
  const { metafile } = await build({ ...BUNDLING, ...split, metafile: true });
  return { bytes: bytesIn(metafile), code: `import(${JSON.stringify(join(outdir, ENTRY))});` };
}

const bytesIn = ({ outputs }: Metafile): number => Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0);

async function newPlace(place: string, type: 'commonjs' | 'module'): Promise<string> {
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), JSON.stringify({ type }));
  return place;
}
