import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as errors from '../../functions/snapshot/errors.ts';
import type { takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import type { verify } from '../../functions/snapshot/verify/verify.ts';
import type { Product } from './product.ts';

/** A change of the product's text: what stands there exactly once, and what takes its place. */
export interface Patch {
  /** Below `functions/snapshot`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const ROOT = join(import.meta.dirname, '../..');

/** Gives a copy of the product with faults in it to `work`. The product itself has no hooks for that. */
export async function withFaultyCopy<T>(patches: readonly Patch[], work: (product: Product) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'faulty-copy-'));
  try {
    await cp(join(ROOT, 'functions'), join(folder, 'functions'), { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"type": "module"}\n');
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const patch of patches) await apply(patch, join(folder, 'functions/snapshot', patch.file));
    return await work(await load(join(folder, 'functions/snapshot')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function apply({ file, from, to }: Patch, path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(`${file}: the text of a seeded fault stands there ${parts.length - 1} times, not once`);
  await writeFile(path, parts.join(to));
}

async function load(folder: string): Promise<Product> {
  const module = (path: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, path)).href);
  const taking: { takeSnapshot: typeof takeSnapshot } = await module('take-snapshot.ts');
  const verifying: { verify: typeof verify } = await module('verify/verify.ts');
  const failing: typeof errors = await module('errors.ts');
  return { takeSnapshot: taking.takeSnapshot, verify: verifying.verify, errors: failing };
}
