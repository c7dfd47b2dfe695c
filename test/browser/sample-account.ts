/** The sample account's snapshots of 31 days, and the pages of it, with decisions of a review that are carried out and that are open. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleUsers } from '../../functions/command-line/sample/account.ts';
import { NOW } from '../docs/now.ts';
import { snapshotSample } from '../support/sample-terminal.ts';
import { type Pages, writePages } from './reviewed-pages.ts';

export interface SampleAccount {
  readonly store: string;
  readonly pages: Pages;
}

/** Two days later, one lost the administrator role and another was disabled. The third is still an administrator. */
const DECISIONS = {
  'eleni.papadopoulou@example.com': 'revoke-admin',
  'haoran.liu@example.com': 'revoke',
  'kostas.makris@example.com': 'revoke-admin',
  'taras.savchuk@example.com': 'revoke',
};

/** As an HR system may export it: three users are not on it, and one person has no account. */
const people = (): string =>
  [
    'Work Email;Name',
    ...sampleUsers(new Date(NOW))
      .slice(3)
      .map(({ email, lastName }) => `${email.toUpperCase()};${lastName}`),
    'new.hire@example.com;Hire',
  ].join('\r\n');
const EXCEPTIONS = `email,reason
aoife.obrien@example.com,break-glass
nobody@example.com,left years ago
`;

export async function sampleAccount(): Promise<SampleAccount> {
  const folder = await mkdtemp(join(tmpdir(), 'sample-'));
  const [store, out] = [join(folder, 'sample-snapshots'), join(folder, 'out')];
  await snapshotSample({ store, now: new Date(NOW), quiet: true });
  await mkdir(out);
  const [peopleFile, exceptionsFile] = [join(folder, 'people.csv'), join(folder, 'exceptions.csv')];
  await Promise.all([writeFile(peopleFile, people()), writeFile(exceptionsFile, EXCEPTIONS)]);
  const options = ['--since', '2026-10-27', '--people', peopleFile, '--exceptions', exceptionsFile];
  const reviewed = { store, out, now: NOW, dt: '2026-11-22', decisions: DECISIONS, options };
  return { store, pages: await writePages(reviewed) };
}
