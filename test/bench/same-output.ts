/**
 * Compares what this checkout and another one publish: `node test/bench/same-output.ts OTHER_CHECKOUT [--users N] [ACCOUNT…]`. Both take
 * the same responses at the same times, with the same ids, into folders, which must then be equal byte by byte. The other checkout needs
 * its dependencies installed. With `--users 1000000`, the large accounts take some minutes. The exit code is 1 if anything differs.
 */

import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { runFile, TOP, withFolder } from './processes.ts';
import { ACCOUNTS, type Account } from './same-output/accounts.ts';
import { compareFolders } from './same-output/folders.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { users: { type: 'string', default: '20000' } },
});
const [other, ...names] = positionals;
if (other === undefined) throw new Error('name the other checkout');

/** Writes what Anodot returns to each run. @returns the path of the plan */
async function writePlan(folder: string, account: Account, users: number): Promise<string> {
  await mkdir(join(folder, 'responses'));
  const plan = [];
  for (const response of account.responses(users)) {
    const file = join(folder, 'responses', `${plan.length}.json`);
    await pipeline(Readable.from(response.users), createWriteStream(file));
    plan.push({ at: response.at.toISOString(), users: file, groups: response.groups });
  }
  const path = join(folder, 'plan.json');
  await writeFile(path, JSON.stringify(plan));
  return path;
}

/** @returns what differs */
const compare = (account: Account, checkouts: readonly [string, string]): Promise<readonly string[]> =>
  withFolder(async (folder) => {
    const plan = await writePlan(folder, account, Number(values.users));
    const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
    const [one, two] = checkouts;
    const [our, their] = [await take(one, ours, plan), await take(two, theirs, plan)];
    const { files, differences } = await compareFolders(ours, theirs);
    const endings = our.flatMap((line, n) =>
      line === their[n] ? [] : [`a run ended differently: ${line} and ${their[n]}`],
    );
    const published = our.filter((line) => line.includes('"published"')).length;
    process.stdout.write(`${account.name}: ${our.length} runs, of which ${published} published, ${files} files\n`);
    return [...endings, ...differences];
  });

async function take(checkout: string, store: string, plan: string): Promise<readonly string[]> {
  const { out } = await runFile('same-output/take-responses.ts', [checkout, store, plan]);
  return out.trim().split('\n');
}

for (const account of ACCOUNTS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const differences = await compare(account, [TOP, resolve(other)]);
  for (const difference of differences) process.stdout.write(`  ${difference}\n`);
  if (differences.length > 0) process.exitCode = 1;
}
