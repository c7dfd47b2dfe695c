import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shown } from '../../support/fault-table.ts';
import { newFolder } from '../../support/take.ts';

/** The message names ENOSPC at whichever write the disk becomes full. The disk is a tmpfs in a namespace of its own. */

const MAIN = join(import.meta.dirname, '../../../functions/command-line/main.ts');
const mounts = spawnSync('unshare', ['-rm', 'true']).status === 0;

function snapshotOnDisk(folder: string, kilobytes: number) {
  const script = `mount -t tmpfs -o size=${kilobytes}k none '${folder}' && exec '${process.execPath}' '${MAIN}' --store '${folder}/store'`;
  const environment = Object.entries(process.env).filter(([name]) => !/^(ANODOT|SNAPSHOT|AWS)_/.test(name));
  return spawnSync('unshare', ['-rm', 'sh', '-c', script], { encoding: 'utf8', env: Object.fromEntries(environment) });
}

test.skipIf(!mounts)('a snapshot names ENOSPC with exit code 7, at whichever write the disk becomes full', async () => {
  const folder = await newFolder();
  const sizes = Array.from({ length: 10 }, (_, n) => 12 + 8 * n);
  const failures = [];
  for (const size of sizes) {
    const { status, stderr } = snapshotOnDisk(folder, size);
    if (status === 0) continue;
    failures.push(stderr);
    expect([status, stderr]).toEqual([7, expect.stringMatching(/StoreError: .*\(ENOSPC\)/)]);
  }
  expect(failures.length).toBeGreaterThan(3);
  shown(
    'C13',
    'a snapshot on a tmpfs of 12 kB, 20 kB, … 84 kB',
    'exit 7 and ENOSPC in the message, or published',
    'the message did not name the cause',
  );
});
