/** Runs `report` in this process at a moment that the test chooses, and reads the page that it wrote. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { parseHTML } from 'linkedom';
import { onTestFinished } from 'vitest';
import { define, run } from '../../functions/command-line/commands/report.ts';
import { Output } from '../../functions/command-line/output.ts';

export interface RanReport {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly file: string;
  /** Empty if there is no file. */
  readonly html: string;
}

/** A folder for the files of the current test. */
export async function newOutFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'report-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** @throws the command's error */
export async function report(store: string, now: string, words: readonly string[] = []): Promise<RanReport> {
  return reportTo(join(await newOutFolder(), 'report.html'), store, now, words);
}

/** The same, to a file that the caller removes. */
export async function reportTo(
  file: string,
  store: string,
  now: string,
  words: readonly string[] = [],
): Promise<RanReport> {
  const command = define(new Command('report'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(['--store', store, '--out', file, ...words], { from: 'user' });
  const written = { out: '', err: '' };
  const into = (name: keyof typeof written) =>
    new Output(
      new Writable({
        write(chunk, _, done) {
          written[name] += chunk;
          done();
        },
      }),
      { format: 'json' },
    );
  const terminal = {
    environment: {},
    program: 'npx anodot-user-snapshots',
    interrupt: new AbortController().signal,
    now: () => new Date(now),
    out: into('out'),
    err: into('err'),
  };
  const code = await run(command, terminal);
  await Promise.all([terminal.out.finished(), terminal.err.finished()]);
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  return { code, ...written, file, html: exists ? await readFile(file, 'utf8') : '' };
}

/** The rows of a table as texts, the header first. Empty if the page has no such table. */
export function rowsIn(html: string, id: string): string[][] {
  const { document } = parseHTML(html);
  return [...document.querySelectorAll(`table#${id} tr`)].map((row) =>
    [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? ''),
  );
}

/** The text of a section, or of everything before the first. */
export function textIn(html: string, id?: string): string {
  const { document } = parseHTML(html);
  const main = document.querySelector('main');
  const elements = id === undefined ? [...(main?.children ?? [])] : [document.querySelector(`section#${id}`)];
  const first = elements.findIndex((element) => element?.tagName === 'SECTION');
  return (id === undefined ? elements.slice(0, first) : elements)
    .map((element) => element?.textContent ?? '')
    .join('\n');
}

/** The commands and queries that the page advises. */
export const advisedIn = (html: string): string[] =>
  [...parseHTML(html).document.querySelectorAll('code')]
    .map((code) => code.textContent ?? '')
    .filter((text) => text.startsWith('npx '));
