import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BUNDLING, type Bundle, bundleFunction, ENTRY, loadedWith } from '../../../../lib/packaging/bundle-function.ts';
import { FUNCTIONS } from '../../../../lib/packaging/functions.ts';
import { buildHandlers } from '../../../../lib/packaging/handlers.ts';
import { MOST_BYTES } from '../../../bench/bundle-limits.ts';

const TOP = join(import.meta.dirname, '../../../..');
const KMS = /node_modules\/@aws-sdk\/client-kms\//;
const bytesOf = ({ files }: Bundle, names: Iterable<string>) =>
  [...names].reduce((bytes, name) => bytes + Buffer.byteLength(files.get(name) ?? ''), 0);
/** The sources of which a file has code. */
const sourcesOf = ({ metafile }: Bundle, name: string): string[] =>
  Object.entries(metafile.outputs[name]?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
    bytesInOutput > 0 ? path : [],
  );

describe.each(Object.entries(FUNCTIONS))('the bundle of %s', (_, entry) => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await bundleFunction(entry, TOP);
  });

  test('is small enough to start fast', () => {
    expect(bytesOf(bundle, bundle.atStart)).toBeLessThanOrEqual(MOST_BYTES.atStart);
    expect(bytesOf(bundle, bundle.files.keys())).toBeLessThanOrEqual(MOST_BYTES.all);
  });

  test('is CommonJS that imports only Node.js, its own files and what Lambda never loads', () => {
    expect(bundle.warnings).toEqual([]);
    const outputs = Object.values(bundle.metafile.outputs);
    const outside = outputs.flatMap(({ imports }) =>
      imports.filter(({ external }) => external).map(({ path }) => path),
    );
    expect(outside.filter((path) => !isBuiltin(path) && !BUNDLING.external.includes(path))).toEqual([]);
    // An ES module would be a syntax error here.
    for (const text of bundle.files.values()) compileFunction(text, ['exports', 'require', 'module']);
    expect(bundle.files.get(ENTRY)).toContain('module.exports=');
  });

  test('loads no client for KMS at start', () => {
    const sources = bundle.atStart.flatMap((name) => sourcesOf(bundle, name));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((path) => KMS.test(path))).toEqual([]);
  });

  test('holds nothing that recomputes days, which only a terminal does', () => {
    expect(Object.keys(bundle.metafile.inputs).filter((path) => /verify\/deep|csv-parse/.test(path))).toEqual([]);
  });
});

test('the client for KMS is in a file of its own, which adds little, since it shares the rest with the function', async () => {
  const bundle = await bundleFunction(FUNCTIONS['take-snapshot'], TOP);
  const [file = '', ...others] = [...bundle.files.keys()].filter((name) =>
    sourcesOf(bundle, name).some((path) => KMS.test(path)),
  );
  expect(others).toEqual([]);
  expect(file).toMatch(/^kms-signer-\w+\.js$/);
  expect(bundle.files.get(ENTRY)).toContain(`require("./${file}")`);
  const more = new Set(loadedWith(file, bundle.metafile)).difference(new Set(bundle.atStart));
  expect(bytesOf(bundle, more)).toBeLessThanOrEqual(MOST_BYTES.kms);
});

test('a build removes the files of an older build', async () => {
  const dist = await mkdtemp(join(tmpdir(), 'dist-'));
  onTestFinished(() => rm(dist, { recursive: true }));
  const folder = join(dist, 'handlers/take-snapshot');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'kms-signer-OLD.js'), '');
  const [{ name, bytesAtStart } = { name: '', bytesAtStart: 0 }] = await buildHandlers(dist);
  expect([name, bytesAtStart]).toEqual(['take-snapshot', expect.any(Number)]);
  const files = await readdir(folder);
  expect(files).toContain(ENTRY);
  expect(files).not.toContain('kms-signer-OLD.js');
  expect(await readdir(dist)).toEqual(['handlers']);
});
