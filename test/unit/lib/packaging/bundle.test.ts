import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { BUNDLING, FUNCTIONS } from '../../../../lib/packaging/functions.ts';

const TOP = join(import.meta.dirname, '../../../..');
const MOST_BYTES = 600_000;

test.each(Object.entries(FUNCTIONS))('the function %s is one file, small enough to start fast', async (_, entry) => {
  const { outputFiles, metafile, warnings } = await build({
    ...BUNDLING,
    entryPoints: [join(TOP, entry)],
    outfile: 'index.js',
    write: false,
    metafile: true,
  });
  expect(warnings).toEqual([]);
  expect(outputFiles.map(({ contents }) => contents.byteLength).filter((bytes) => bytes > MOST_BYTES)).toEqual([]);
  const [{ imports, exports } = { imports: [], exports: undefined }, ...others] = Object.values(metafile.outputs);
  expect(others).toEqual([]);
  expect(exports).toEqual([]); // CommonJS
  expect(Object.keys(metafile.inputs).filter((path) => /verify\/deep|csv-parse/.test(path))).toEqual([]);
  const outside = imports.map(({ path }) => path).filter((path) => !isBuiltin(path));
  expect(outside.filter((path) => !BUNDLING.external.includes(path))).toEqual([]);
});
