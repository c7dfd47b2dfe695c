import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const core = 'functions/snapshot';
const inCore = (...names: readonly string[]) => new RegExp(`^${core}/(${names.join('|')})`);

/** Files that every room of the core may import. They import from no room themselves. */
const GROUND = [
  'contract',
  'metrics',
  'permissions',
  'setting-rules',
  'errors',
  'deadline',
  'utc-day',
  'ranges',
  'user',
  'user-state',
  'group',
  'source',
  'own-text',
  'origin',
  'request-event',
  'retry',
  'held-failure',
  'together',
  'setting-values',
  'anodot-host',
  'proxy',
].map((name) => `${name}\\.ts$`);
/** Reads the AWS SDK's errors. It knows nothing of Lambda, so the bucket store may import it too. */
const AWS_FAILURE = /^functions\/lambda\/aws-failure\.ts$/;
/** Decides what a log or a terminal may show of a bug. */
const FAILURE = /^functions\/lambda\/failure\.ts$/;

/** What the files of a room may import, types included. The first room that matches a file applies. */
const ROOMS: readonly (readonly [room: string, allowed: readonly RegExp[]])[] = [
  [`${core}/contract.ts`, []],
  [`${core}/errors.ts`, []],
  [`${core}/setting-rules.ts`, [inCore('contract\\.ts', 'setting-values\\.ts')]],
  [`${core}/metrics.ts`, [inCore('contract\\.ts')]],
  [`${core}/permissions.ts`, [inCore('contract\\.ts')]],
  [`${core}/anodot/`, [inCore('anodot/', ...GROUND)]],
  [`${core}/format/`, [inCore('format/', ...GROUND)]],
  [`${core}/store/bucket/`, [inCore('store/', ...GROUND), AWS_FAILURE]],
  [`${core}/store/`, [inCore('store/', ...GROUND)]],
  [`${core}/commits/`, [inCore('commits/', 'store/(?!folder|bucket)', ...GROUND)]],
  [`${core}/changes/`, [inCore('changes/', 'commits/', 'format/', 'store/(?!folder|bucket)', ...GROUND)]],
  [
    `${core}/receive/`,
    [inCore('receive/', 'changes/', 'commits/', 'format/', 'run\\.ts$', 'store/(?!folder|bucket)', ...GROUND)],
  ],
  [`${core}/tables/`, [inCore('tables/', 'commits/', 'changes/change\\.ts$', ...GROUND)]],
  [`${core}/history/`, [inCore('history/', 'changes/', 'commits/', 'store/(?!folder|bucket)', ...GROUND)]],
  [
    `${core}/overview/`,
    [inCore('overview/', 'history/', 'status/', 'changes/', 'commits/', 'store/(?!folder|bucket)', ...GROUND)],
  ],
  [
    `${core}/review/`,
    [inCore('review/', 'history/', 'status/', 'changes/', 'commits/', 'store/(?!folder|bucket)', ...GROUND)],
  ],
  [`${core}/status/`, [inCore('status/', 'verify/', 'commits/', 'store/(?!folder|bucket)', ...GROUND)]],
  // Recomputes a day, so it needs the rooms that publish one.
  [
    `${core}/verify/deep/`,
    [inCore('verify/', 'receive/', 'changes/', 'commits/', 'anodot/', 'format/', 'store/(?!folder|bucket)', ...GROUND)],
  ],
  [`${core}/verify/`, [inCore('verify/', 'commits/', 'store/(?!folder|bucket)', ...GROUND)]],
  [
    `${core}/check.ts`,
    [
      inCore(
        'anodot/',
        'commits/(make-signature|signer)\\.ts$',
        'settings\\.ts$',
        'store/(?!folder|bucket)',
        ...GROUND,
      ),
    ],
  ],
  // The run itself. Its source and store are passed in.
  [`${core}/`, [inCore('[a-z-]+\\.ts$', 'receive/', 'changes/', 'commits/', 'store/(?!folder|bucket)')]],
  [
    'functions/lambda/',
    [/^functions\/lambda\//, inCore('settings\\.ts$', 'store/bucket/open-bucket\\.ts$', ...GROUND)],
  ],
  ['functions/take-snapshot/', [/^functions\/(take-snapshot|lambda)\//, new RegExp(`^${core}/(?!store/folder)`)]],
  // The function behind the API reads commits, manifests and run documents, but no secrets and no users.
  [
    'functions/request-snapshot/',
    [/^functions\/(request-snapshot|lambda)\//, inCore('commits/', 'store/(?!folder)', ...GROUND)],
  ],
  ['functions/command-line/', [/^functions\/command-line\//, FAILURE, new RegExp(`^${core}/`)]],
  [
    'lib/',
    [
      /^lib\//,
      inCore(
        'contract\\.ts$',
        'metrics\\.ts$',
        'permissions\\.ts$',
        'setting-(rules|values)\\.ts$',
        'anodot-host\\.ts$',
        'tables/',
      ),
    ],
  ],
];

interface Import {
  readonly from: string;
  readonly to: string;
}

async function imports(): Promise<readonly Import[]> {
  const found: Import[] = [];
  for await (const file of glob('{functions,lib}/**/*.ts', { cwd: root })) {
    const from = file.replaceAll('\\', '/');
    const text = readFileSync(join(root, from), 'utf8');
    const paths = [
      ...text.matchAll(/^(?:import|export) [^;]*?from '(\.[^']+)'/gms),
      ...text.matchAll(/import\('(\.[^']+)'\)/g),
    ];
    for (const [, path = ''] of paths)
      found.push({ from, to: relative(root, join(root, dirname(from), path)).replaceAll('\\', '/') });
  }
  return found;
}

test('each file imports only what its room allows', async () => {
  const all = await imports();
  expect(all.length).toBeGreaterThan(200);
  const broken = all.filter(({ from, to }) => {
    const allowed = ROOMS.find(([room]) => from.startsWith(room))?.[1] ?? [];
    return !allowed.some((pattern) => pattern.test(to));
  });
  expect(broken).toEqual([]);
});

test('there are no import cycles, not even through types', async () => {
  const targets = Map.groupBy(await imports(), ({ from }) => from);
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('functions import nothing from lib, and no deployed code imports a test', async () => {
  const wrong = (await imports()).filter(
    ({ from, to }) => to.startsWith('test/') || (from.startsWith('functions/') && to.startsWith('lib/')),
  );
  expect(wrong).toEqual([]);
});
