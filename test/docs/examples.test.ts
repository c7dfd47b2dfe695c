import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../support/take.ts';
import { type Example, type Page, ROOT, readPage } from './page.ts';
import { PAGES } from './pages.ts';
import { accountNeededBy, isRunByCi, runExample } from './run-example.ts';

/** With `UPDATE_DOCS=true` the commands' output is written to the pages. Otherwise it is compared with them. */
const UPDATES = process.env['UPDATE_DOCS'] === 'true';

/**
 * What differs from run to run or between machines: hashes, the random part of a run's id, the attempt's id in a raw response's name, and
 * the size of a file, which may hold paths.
 */
const withoutRandomness = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{64}\b/g, '0'.repeat(64))
    .replace(/\b\d[\d.,]* (?:bytes|kB|MB)\b/g, '0 kB')
    .replace(/(?<=\d{6}Z-)[0-9a-f]{8}\b|[0-9a-f]{8}(?=\.json\.gz)/g, '0'.repeat(8));

/** Commands that print rows. In the sample, each of them has some to print. */
const PRINTS_ROWS = / (?:query|changes|status|diff) /;

let first: string;
beforeAll(async () => {
  first = await newFolder();
  const { code, err } = await runExample('npm start', first);
  expect([code, err], 'the first run').toEqual([0, expect.any(String)]);
});
afterAll(() => rm(first, { recursive: true }));

const WITH_EXAMPLES = PAGES.filter((path) => readPage(path).examples.some(({ commands }) => !isRunByCi(commands)));

describe.each(WITH_EXAMPLES)('every command of %s does what the page shows', (path) => {
  const page = readPage(path);
  const examples = page.examples.filter(({ commands }) => !isRunByCi(commands));
  const outputs = new Map<Example, string>();
  let folder: string;
  beforeAll(async () => {
    folder = await newFolder();
    await cp(first, folder, { recursive: true });
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    if (UPDATES) await writeFile(join(ROOT, path), withOutputs(page, outputs));
  });

  test.each(examples.map((example) => [example.line, example.commands, example] as const))(
    'line %i: %s',
    async (_, commands, example) => {
      const account = accountNeededBy(commands);
      if (account !== undefined) {
        expect(
          example.output,
          `it is only parsed, because it needs ${account}, so it can't show an output`,
        ).toBeUndefined();
        expect(await parsed(commands, folder)).toEqual([]);
        return;
      }
      const { code, out, err } = await runExample(commands, folder);
      expect([code, err.includes('is not run here') ? err : '']).toEqual([0, '']);
      if (PRINTS_ROWS.test(commands)) expect(out.split('\n').length, 'it prints rows').toBeGreaterThan(2);
      if (example.output === undefined) return;
      if (UPDATES) outputs.set(example, out);
      else expect(withoutRandomness(out)).toBe(withoutRandomness(example.output.text.concat('\n')));
    },
  );
});

/** What the shell and, for our own commands, the command line reject in commands that are only parsed. */
async function parsed(commands: string, folder: string): Promise<string[]> {
  const shell = await runExample(`bash -n <<'COMMANDS'\n${commands}\nCOMMANDS`, folder);
  const ours = commands
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => /^(?:\w+=\S+ )*(?:npm start|npx anodot)/.test(line));
  const ran = await Promise.all(ours.map((line) => runExample(line, folder, true)));
  return [shell, ...ran].filter(({ code }) => code !== 0).map(({ err }) => err);
}

/** The page with the printed outputs filled in. The last block comes first, so that the other offsets stay valid. */
function withOutputs({ source }: Page, outputs: ReadonlyMap<Example, string>): string {
  const known = [...outputs].flatMap(([{ output }, text]) => (output ? [{ output, text }] : []));
  return known
    .filter(({ output, text }) => withoutRandomness(output.text.concat('\n')) !== withoutRandomness(text))
    .toReversed()
    .reduce((page, { output, text }) => page.slice(0, output.start) + text + page.slice(output.end), source);
}
