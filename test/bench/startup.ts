import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, FUNCTIONS } from '../../lib/packaging/functions.ts';

/**
 * Measures how long a process takes to load each function's handler, compared with one that loads nothing: as CommonJS, which is
 * deployed, and as an ES module. `npm run bench` runs it. Its exit code is 1 if a bundle is too large.
 */
const ROUNDS = 15;
const MOST_BYTES = 600_000;
const TOP = join(import.meta.dirname, '../..');
/** CommonJS packages need `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
const FORMATS = {
  cjs: { type: 'commonjs', options: {} },
  esm: { type: 'module', options: { format: 'esm', banner: { js: REQUIRE } } },
} as const;

const folder = await mkdtemp(join(tmpdir(), 'startup-'));
try {
  const entries = [['empty', await empty()] as const, ...(await bundles())];
  const times = new Map(entries.map(([name]) => [name, [] as number[]]));
  // Interleaved, so that a busy moment of the machine affects all of them.
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, file] of entries) times.get(name)?.push(millisecondsOf(file));
  const nothing = median(times.get('empty') ?? []);
  process.stdout.write(`\nprocesses, median of ${ROUNDS}: nothing loaded ${nothing.toFixed(0)} ms\n`);
  for (const [name, file] of entries.slice(1)) {
    const { size } = await stat(file);
    const more = median(times.get(name) ?? []) - nothing;
    process.stdout.write(`${name}: ${Math.round(size / 1000)} kB, loaded ${more.toFixed(0)} ms later\n`);
    if (size > MOST_BYTES) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function empty(): Promise<string> {
  const file = join(folder, 'empty.cjs');
  await writeFile(file, '');
  return file;
}

async function bundles(): Promise<(readonly [name: string, file: string])[]> {
  const made = [];
  for (const [name, entry] of Object.entries(FUNCTIONS)) {
    for (const [format, { type, options }] of Object.entries(FORMATS)) {
      const outfile = join(folder, name, format, 'index.js');
      await build({ ...BUNDLING, ...options, entryPoints: [join(TOP, entry)], outfile });
      await writeFile(join(folder, name, format, 'package.json'), JSON.stringify({ type }));
      made.push([`${name} ${format}`, outfile] as const);
    }
  }
  return made;
}

/** The duration of a process that loads a file and exits. */
function millisecondsOf(file: string): number {
  const load =
    file.endsWith('.cjs') || file.includes('/cjs/')
      ? `require(${JSON.stringify(file)})`
      : `import(${JSON.stringify(file)})`;
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--eval', `${load};process.exitCode=0`], {
    env: { AWS_REGION: 'eu-central-1', AWS_LAMBDA_FUNCTION_NAME: 'function' },
  });
  const took = performance.now() - started;
  if (status !== 0) throw new Error(`${file}: ${stderr}`);
  return took;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
