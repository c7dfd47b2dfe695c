/**
 * The text of review.json and outcome.json: one JSON object, with a line for each row. It is never held as a whole, and has no character
 * that steers a terminal.
 */
import { printable } from '../text.ts';

interface Document {
  readonly rows: readonly object[];
}

export function* documentLines({ rows, ...rest }: Document): Generator<string> {
  yield printable(`${JSON.stringify(rest).slice(0, -1)},"rows":[`);
  for (const [i, row] of rows.entries()) yield printable(`${i === 0 ? '\n' : ',\n'}${JSON.stringify(row)}`);
  yield '\n]}\n';
}
