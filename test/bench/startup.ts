import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { BUNDLING, type Bundle, bundleFunction, ENTRY } from '../../lib/packaging/bundle-function.ts';
import { FUNCTIONS } from '../../lib/packaging/functions.ts';
import { MOST_BYTES } from './bundle-limits.ts';

/**
 * Measures how long a process takes to load each function's handler, compared with one that loads nothing: as it is deployed, also with
 * the client for KMS, and as the two alternatives, a single CommonJS file and ES modules. `npm run bench` runs it. Its exit code is 1 if a
 * bundle is too large.
 */
const ROUNDS = 15;
const TOP = join(import.meta.dirname, '../..');
/** CommonJS packages need `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

interface Loaded {
  readonly name: string;
  readonly bytes: number;
  readonly most?: number;
  /** JavaScript that loads it. */
  readonly code: string;
}

const folder = await mkdtemp(join(tmpdir(), 'startup-'));
try {
  const entries = [{ name: 'nothing', bytes: 0, code: '' }, ...(await bundles())];
  const times = new Map(entries.map(({ name }) => [name, [] as number[]]));
  // Interleaved, so that a busy moment of the machine affects all of them.
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, code } of entries) times.get(name)?.push(millisecondsOf(code));
  const nothing = median(times.get('nothing') ?? []);
  process.stdout.write(`\nprocesses, median of ${ROUNDS}: nothing loaded ${nothing.toFixed(0)} ms\n`);
  for (const { name, bytes, most = Number.POSITIVE_INFINITY } of entries.slice(1)) {
    const more = median(times.get(name) ?? []) - nothing;
    process.stdout.write(`${name}: ${Math.round(bytes / 1000)} kB, loaded ${more.toFixed(0)} ms later\n`);
    if (bytes > most) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function bundles(): Promise<Loaded[]> {
  const made = [];
  for (const [name, entry] of Object.entries(FUNCTIONS)) {
    const bundle = await bundleFunction(entry, TOP);
    made.push(...(await deployed(name, bundle)), await oneFile(name, entry), await modules(name, entry));
  }
  return made;
}

/** As deployed. If there is a file that signs, also with that. */
async function deployed(name: string, { files, atStart }: Bundle): Promise<Loaded[]> {
  const place = await newPlace(`${name}/deployed`, 'commonjs');
  for (const [file, text] of files) await writeFile(join(place, file), text);
  const bytesOf = (...names: readonly string[]) =>
    names.reduce((bytes, file) => bytes + Buffer.byteLength(files.get(file) ?? ''), 0);
  const load = (file: string) => `require(${JSON.stringify(join(place, file))});`;
  const start = { name, bytes: bytesOf(...atStart), most: MOST_BYTES.atStart, code: load(ENTRY) };
  const kms = [...files.keys()].find((file) => file.startsWith('kms-signer-'));
  if (!kms) return [start];
  const most = MOST_BYTES.atStart + MOST_BYTES.kms;
  return [start, { name: `${name} that signs`, bytes: bytesOf(...atStart, kms), most, code: load(ENTRY) + load(kms) }];
}

async function oneFile(name: string, entry: string): Promise<Loaded> {
  const outfile = join(await newPlace(`${name}/one`, 'commonjs'), ENTRY);
  const { metafile } = await build({
    ...BUNDLING,
    format: 'cjs',
    entryPoints: [join(TOP, entry)],
    outfile,
    metafile: true,
  });
  return { name: `${name} as one file`, bytes: bytesIn(metafile), code: `require(${JSON.stringify(outfile)});` };
}

async function modules(name: string, entry: string): Promise<Loaded> {
  const outdir = await newPlace(`${name}/modules`, 'module');
  const banner = { js: REQUIRE };
  const entryPoints = { index: join(TOP, entry) };
  const split = { format: 'esm', splitting: true, entryPoints, outdir, banner } as const;
  const { metafile } = await build({ ...BUNDLING, ...split, metafile: true });
  const code = `import(${JSON.stringify(join(outdir, ENTRY))});`;
  return { name: `${name} as ES modules, all files`, bytes: bytesIn(metafile), code };
}

function bytesIn({ outputs }: Metafile): number {
  return Object.values(outputs).reduce((sum, { bytes }) => sum + bytes, 0);
}

async function newPlace(path: string, type: 'commonjs' | 'module'): Promise<string> {
  const place = join(folder, path);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), JSON.stringify({ type }));
  return place;
}

/** The duration of a process that loads something and exits. */
function millisecondsOf(code: string): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--eval', `${code}process.exitCode=0`], {
    env: { AWS_REGION: 'eu-central-1', AWS_LAMBDA_FUNCTION_NAME: 'function' },
  });
  const took = performance.now() - started;
  if (status !== 0) throw new Error(`${code}: ${stderr}`);
  return took;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
