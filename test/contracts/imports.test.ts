import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const core = 'functions/snapshot';
/** What the files below a folder may import for more than types. The first folder that fits a file counts. */
const rules: readonly (readonly [folder: string, allowed: readonly RegExp[]])[] = [
  [`${core}/contract.ts`, []],
  [`${core}/errors.ts`, []],
  [`${core}/tables.ts`, [new RegExp(`^${core}/contract\\.ts$`)]],
  [`${core}/views/views.ts`, []],
  ...['source', 'format', 'store'].map(
    (part) => [`${core}/${part}/`, [new RegExp(`^${core}/(${part}/|(user|contract|errors)\\.ts$)`)]] as const,
  ),
  [`${core}/take-snapshot.ts`, [new RegExp(`^${core}/(?!source/|store/folder|check|verify)`)]],
  [`${core}/`, [new RegExp(`^${core}/(?!store/folder)`)]],
  ['functions/lambda/', [/^functions\/lambda\//, new RegExp(`^${core}/(contract|errors|store/open-bucket)\\.ts$`)]],
  ['functions/take-snapshot/', [/^functions\/(take-snapshot|lambda)\//, new RegExp(`^${core}/(?!store/folder)`)]],
  // What answers the API reads commits, manifests and run documents: no secret, no user.
  [
    'functions/request-snapshot/',
    [
      /^functions\/(request-snapshot|lambda)\//,
      new RegExp(`^${core}/((contract|errors|manifest|run-document)\\.ts|store/(?!folder))`),
    ],
  ],
  ['functions/', [/^functions\/(?!take-snapshot\/|request-snapshot\/|lambda\/)/]],
  ['lib/', [/^lib\//, new RegExp(`^${core}/(contract|tables|views/views)\\.ts$`)]],
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

async function imports(): Promise<Import[]> {
  const found: Import[] = [];
  for await (const file of glob('{functions,lib}/**/*.ts', { cwd: root })) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, type, path = ''] of text.matchAll(/^(?:import|export) (type )?[^;]*?from '(\.[^']+)'/gms)) {
      found.push({ from: file, to: relative(root, join(root, dirname(file), path)), typeOnly: type !== undefined });
    }
  }
  return found;
}

test('imports run one way: what a file may import follows from its folder', async () => {
  const all = await imports();
  expect(all.length).toBeGreaterThan(50);
  const broken = all.filter(({ from, to, typeOnly }) => {
    const allowed = rules.find(([folder]) => from.startsWith(folder))?.[1] ?? [];
    return !typeOnly && !allowed.some((pattern) => pattern.test(to));
  });
  expect(broken).toEqual([]);
});

test('nothing that is deployed imports a test, and functions import nothing of lib', async () => {
  const wrong = (await imports()).filter(
    ({ from, to }) => to.startsWith('test/') || (from.startsWith('functions/') && to.startsWith('lib/')),
  );
  expect(wrong).toEqual([]);
});
