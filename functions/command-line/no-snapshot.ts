/** Reports that there is no snapshot to work on. A page or sheet without users would look as if the account had none. */
import { onOneLine } from '../snapshot/format/cell-text.ts';
import { NOTHING_CODE } from './options.ts';
import { placeExists } from './place.ts';
import { printFailure } from './report.ts';
import type { Terminal } from './terminal.ts';

export interface Missing {
  /** As `--store` names it. */
  readonly place: string;
  /** The first date of the period, if only a period was looked at. */
  readonly since?: string;
  readonly format: 'text' | 'json';
}

/** @returns the exit code */
export async function reportNoSnapshot({ place, since, format }: Missing, { out, err }: Terminal): Promise<number> {
  const period = since === undefined ? '' : ` since ${since}`;
  const message = (await placeExists(place))
    ? `no snapshot in ${place}${period}. No file was written`
    : `nothing in ${place}: there is no such folder. No file was written`;
  err.write(`${onOneLine(message)}\n`);
  if (format === 'json') printFailure(out, { name: 'NoSnapshot', code: NOTHING_CODE, message });
  return NOTHING_CODE;
}
