/** `review close`: reads the filled sheet, and proves from later snapshots what became of each decision. */
import type { Command } from 'commander';
import { orAborted } from '../../snapshot/deadline.ts';
import { latestDt } from '../../snapshot/utc-day.ts';
import { formatOption, OPEN_CODE, storeOption } from '../options.ts';
import { DEFAULT_STORE, openStore, print, type Terminal, warn } from '../terminal.ts';

/** The files that are being written are completed or removed. */
export const cleansUp = true;

export const examples = [
  ['review close ./review-2026-11-26', 'reads review.xlsx or review.csv, and writes outcome.html and outcome.json'],
  ['review close ./review-2026-11-26 --sheet review.csv', 'reads this sheet, if both are filled in'],
] as const;

interface CloseOptions {
  readonly store?: string;
  readonly sheet?: string;
  readonly format: 'text' | 'json';
}

export const define = (command: Command): Command =>
  command
    .description('Prove from later snapshots which decisions of a review are carried out')
    .addHelpText(
      'after',
      `
Reads review.json and the filled sheet, and writes outcome.html for people and
outcome.json for programs. Both are replaced each time it ends with 0 or ${OPEN_CODE}.
If it ends with 2, the earlier outcome stays.
Run it after each snapshot until it ends with 0. Ends with ${OPEN_CODE} while a decision
isn't carried out, or no snapshot proves that it is.`,
    )
    .argument('<folder>', 'the folder that "review open" wrote')
    .option('--sheet <file>', 'the filled sheet (default: review.xlsx or review.csv, whichever is filled in)')
    .addOption(storeOption())
    .addOption(formatOption(['text', 'json']));

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, sheet, format } = parsed.opts<CloseOptions>();
  const [folder = ''] = parsed.args;
  const { closeReview, groupNamesOf, writeOutcome } = await import('../review/close-review.ts');
  const now = terminal.now();
  const store = await openStore(place, terminal);
  const work = closeReview({ folder, sheet, store, now, latest: latestDt(now) });
  const outcome = await orAborted(work, terminal.interrupt);
  const names = await orAborted(groupNamesOf(store, outcome), terminal.interrupt);
  const files = await writeOutcome(folder, outcome, names);
  const { closeText, closeSummary } = await import('../review/review-text.ts');
  const asked = { program: terminal.program, place, folder, ...(sheet !== undefined && { sheet }) };
  await print(
    terminal,
    format === 'json' ? [`${JSON.stringify(closeSummary(outcome, files))}\n`] : [closeText(asked, outcome, files)],
  );
  for (const difference of outcome.differences.slice(0, 10)) warn(terminal, difference);
  return outcome.counts.open > 0 ? OPEN_CODE : 0;
}
