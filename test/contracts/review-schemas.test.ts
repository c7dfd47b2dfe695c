import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { jsonSchemaOf } from '../schemas/json-schemas.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { runAt } from '../support/clock.ts';
import { runCommand } from '../support/command.ts';
import { fillCsv } from '../support/fill-sheet.ts';
import { ada, ben, cleo, dan } from '../support/four-users.ts';
import { newFolder, take } from '../support/take.ts';

/** One decision is carried out after a missing day, one is open, one user changes and one joins and leaves. */
const DAYS = [
  { dt: '2026-11-19', users: [ada, ben, cleo] },
  { dt: '2026-11-20', users: [ada, ben, cleo, dan] },
  { dt: '2026-11-22', users: [ada, { ...cleo, lastName: 'Odd' }, dan, { ...ben, _id: 'e', email: 'eve@example.com' }] },
  { dt: '2026-11-23', users: [ada, { ...cleo, lastName: 'Odd' }, dan] },
];
const PEOPLE = 'E-mail;Status\nada@example.com;active\nben@example.com;terminated\nnew@example.com;active\n';
const EXCEPTIONS = 'user,reason\ncleo@example.com,Break-glass\n';

async function emptyFolder(): Promise<string> {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function storeOfDays(): Promise<string> {
  const folder = await emptyFolder();
  for (const { dt, users } of DAYS) {
    const at = new Date(`${dt}T02:15:00Z`);
    const server = await serveAnodot({ users: answer(users, 200, { date: at.toUTCString() }) });
    await take({ url: server.url, store: new FolderStore(folder), run: runAt(at) });
    await server.close();
  }
  return folder;
}

const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, validateFormats: false });

test.each([
  ['without lists', []],
  ['with every option', ['--since', '2026-11-19', '--people', 'people.csv', '--exceptions', 'exceptions.csv']],
])('review.json and outcome.json of a review opened %s match their JSON Schemas exactly', async (_, words) => {
  const [cwd, store] = [await emptyFolder(), await storeOfDays()];
  await writeFile(join(cwd, 'people.csv'), PEOPLE);
  await writeFile(join(cwd, 'exceptions.csv'), EXCEPTIONS);
  const place = ['--store', store];
  const opened = await runCommand(['review', 'open', '--dt', '2026-11-20', '--out', 'review', ...words, ...place], {
    cwd,
  });
  expect(opened).toMatchObject({ code: 0 });
  await fillCsv(join(cwd, 'review'), { decisions: { 'ben@example.com': 'revoke', 'ada@example.com': 'revoke-admin' } });
  expect(await runCommand(['review', 'close', 'review', ...place], { cwd })).toMatchObject({ code: 13 });
  for (const name of ['review', 'outcome'] as const) {
    const document: unknown = JSON.parse(await readFile(join(cwd, 'review', `${name}.json`), 'utf8'));
    for (const exact of [false, true]) {
      const validate = ajv.compile(jsonSchemaOf(name, { exact }));
      expect(validate(document), ajv.errorsText(validate.errors)).toBe(true);
    }
  }
});
