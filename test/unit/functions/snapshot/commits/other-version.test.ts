import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readManifests } from '../../../../../functions/snapshot/commits/manifests.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { readStatus } from '../../../../../functions/snapshot/status/status.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf, noon } from '../../../../support/clock.ts';
import { runCommand } from '../../../../support/command.ts';
import { copyOf, useFourCommits } from '../../../../support/four-commits.ts';

/** A store that a later version of the program wrote is named as such, and not as damaged. */

const stores = useFourCommits();
const PROBLEM = `${KEYS.manifest(dtOf(25))} was written by another version of this program: its schema_version is 2, not 1`;
const ADVICE = 'Use the version that wrote it, or a newer one';

/** A copy in which the manifest of the 25th has another schema version, and a field that this version doesn't know. */
async function laterVersion(): Promise<string> {
  const folder = await copyOf(stores().four);
  const path = join(folder, KEYS.manifest(dtOf(25)));
  const edited = (await readFile(path, 'utf8')).replace('"schema_version":1', '"schema_version":2,"later":true');
  await writeFile(path, edited);
  return folder;
}

test('manifests of another version are a StoreError that names the version', async () => {
  const reading = readManifests(new FolderStore(await laterVersion()));
  await expect(reading).rejects.toThrow(StoreError);
  await expect(reading).rejects.toThrow(`${PROBLEM}. ${ADVICE}`);
});

test('the status of their day names the version, and the other days can still be read', async () => {
  const options = { now: noon(26), latest: dtOf(26) };
  const { days } = await readStatus(new FolderStore(await laterVersion()), options);
  expect(days.map(({ state, message }) => [state, message])).toEqual([
    ['published', null],
    ['damaged', PROBLEM],
    ['published', null],
  ]);
});

test('changes end with 7 and say what to use', async () => {
  const folder = await laterVersion();
  const { code, err } = await runCommand(['changes', '--store', folder], { cwd: folder });
  expect(code).toBe(7);
  expect(err).toContain(`${PROBLEM}. ${ADVICE}`);
});
