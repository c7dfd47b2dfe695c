import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleUsers } from '../../functions/command-line/sample/account.ts';
import { serveSample } from '../../functions/command-line/sample/server.ts';
import { readManifests } from '../../functions/snapshot/commits/manifests.ts';
import { SAMPLE_SOURCE } from '../../functions/snapshot/contract.ts';
import { OUTCOME } from '../../functions/snapshot/review/outcome-document.ts';
import { REVIEW } from '../../functions/snapshot/review/review-document.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { runAt } from '../support/clock.ts';
import { reviewCommand } from '../support/review-command.ts';
import { snapshotSample } from '../support/sample-terminal.ts';
import { newFolder, take } from '../support/take.ts';
import { fillIn, type Locale } from './fill-in.ts';

/** A whole review of the sample account: opened, filled in by LibreOffice, closed with an open decision, and closed again later. */

const DT = '2026-11-20';
const NOW = new Date('2026-11-26T12:00:00Z');
const LATER = new Date('2026-11-28T12:00:00Z');
const ELENI = 'eleni.papadopoulou@example.com'; // no longer an administrator on 2026-11-24
const HAORAN = 'haoran.liu@example.com'; // disabled on 2026-11-24
const MARCUS = 'marcus.king@example.com'; // deleted on 2026-11-28
const DECISIONS = new Map([
  [ELENI, 'revoke-admin'],
  [HAORAN, 'revoke'],
  [MARCUS, 'revoke'],
]);
const TYPED_DATE: Readonly<Record<Locale, string>> = { 'en-US': '11/23/2026', 'de-DE': '23.11.2026' };

let folder: string;
let opened: string;
const store = () => join(folder, 'snapshots');
const laterStore = () => join(folder, 'later');
beforeAll(async () => {
  folder = await newFolder();
  opened = join(folder, 'review');
  await snapshotSample({ store: store(), now: NOW, quiet: true });
  await cp(store(), laterStore(), { recursive: true });
  await takeDay('2026-11-27', () => true);
  await takeDay('2026-11-28', (email) => email !== MARCUS);
  expect((await reviewCommand('open', ['--dt', DT, '--store', store(), '--out', opened], NOW)).code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

/** Takes a snapshot of the sample account, with the users that are to be left. */
async function takeDay(dt: string, isLeft: (email: string) => boolean): Promise<void> {
  const moment = new Date(`${dt}T02:15:00Z`);
  const server = await serveSample(
    () => moment,
    (at) => sampleUsers(at).filter(({ email }) => isLeft(email)),
  );
  await take({
    url: server.url,
    store: new FolderStore(laterStore()),
    readToken: async () => server.token,
    run: { ...runAt(moment), sourceName: SAMPLE_SOURCE },
  });
  await server.close();
}

/** The text of a page, without its tags. */
const textIn = async (review: string): Promise<string> =>
  parseHTML(await readFile(join(review, 'outcome.html'), 'utf8')).document.body.textContent ?? '';

const outcomeIn = async (review: string) =>
  OUTCOME.parse(JSON.parse(await readFile(join(review, 'outcome.json'), 'utf8')));

test.each(['en-US', 'de-DE'] as const)(
  'A review that LibreOffice fills in (%s) closes with an open decision, and without one after later days, from either file',
  async (locale) => {
    const filled = join(folder, locale);
    await cp(opened, filled, { recursive: true });
    const { rows } = REVIEW.parse(JSON.parse(await readFile(join(opened, 'review.json'), 'utf8')));
    const typed = rows.map(({ row, email }) => ({
      row,
      decision: DECISIONS.get(email ?? '') ?? 'keep',
      reviewer: 'Zoë Müller',
      decided_at: TYPED_DATE[locale],
    }));
    const files = ['review.xlsx', 'review.csv'].map((name) => join(filled, name));
    await fillIn(join(filled, 'review.xlsx'), { locale, rows: typed, to: files });
    const [changed] = await readManifests(new FolderStore(store()), ['2026-11-24']);
    const [gone] = await readManifests(new FolderStore(laterStore()), ['2026-11-28']);
    for (const name of ['review.xlsx', 'review.csv']) {
      const first = await reviewCommand('close', [filled, '--store', store(), '--sheet', name], NOW);
      expect([first.code, first.err]).toEqual([13, '']);
      expect(first.out).toContain(`Review of ${DT}: 2 of 3 removals have been carried out; 1 is open\n`);
      expect(first.out).toMatch(new RegExp(`open: revoke ${MARCUS}, row \\d+: the user is still active\n`));
      const open = await outcomeIn(filled);
      expect(open).toMatchObject({ sheet: { file: name }, differences: [], review: { rows_checked: 'every_row' } });
      const resultOf = (address: string) => open.rows.find(({ email }) => email === address);
      expect(resultOf(MARCUS)).toMatchObject({ result: 'open', reason: 'still_active', done: null });
      for (const address of [ELENI, HAORAN])
        expect(resultOf(address)).toMatchObject({
          result: 'done',
          done: { dt: '2026-11-24', commit: changed?.commit },
        });
      const page = await textIn(filled);
      expect(page).toContain('2 of 3 removals have been carried out; 1 is open.');
      expect(page).toContain(`2026-11-24, commit ${changed?.commit}`);

      const second = await reviewCommand('close', [filled, '--store', laterStore(), '--sheet', name], LATER);
      expect([second.code, second.err]).toEqual([0, '']);
      expect(second.out).toContain('all 3 removals have been carried out');
      const done = await outcomeIn(filled);
      expect(done.rows.find(({ email }) => email === MARCUS)).toMatchObject({
        result: 'done',
        done: { dt: '2026-11-28', commit: gone?.commit, previous: { dt: '2026-11-27' }, missing_days: [] },
        is_gone: true,
      });
      expect(await textIn(filled)).toContain(`2026-11-28, commit ${gone?.commit}`);
    }
    // Both files are filled in, and agree.
    expect((await reviewCommand('close', [filled, '--store', laterStore()], LATER)).code).toBe(0);
  },
);
