/** Plots as SVG, drawn when the page is written. They read without script and without style. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import { plural } from '../text.ts';
import { accountText } from './content.ts';
import { drawBars } from './plot-bars.ts';
import { plotLabel } from './plot-label.ts';
import { drawLines } from './plot-lines.ts';
import { rowsOf, type Span } from './plot-rows.ts';
import { daysWithoutValue, type Lines, linesOf, type Series } from './plot-series.ts';
import { table } from './table.ts';
import { datesText } from './wording.ts';

export type { Series, Span };

export interface LinePlot {
  readonly id: string;
  readonly title: string;
  /** One sentence that says what the plot shows, for a screen reader. */
  readonly description: string;
  readonly series: readonly Series[];
  /** What the vertical axis counts, such as `users`. */
  readonly unit: string;
  /** Whether the page shows the same values in a table elsewhere. Default: false, the plot has its own */
  readonly hasTable?: boolean;
}

const NAME_COLUMNS = 60;

/** Lines over time, with a table from which every value can be read. Of more than 8 series, the 7 largest and the sum of the others. */
export function linePlot({ id, title, description, series, unit, hasTable }: LinePlot): Element {
  const lines = linesOf(series);
  const missing = daysWithoutValue(lines);
  if (missing.length === lines.days.length) return sentencePlot(id, title, 'No snapshot in this period.');
  return h('figure', { id }, [
    h('figcaption', title),
    drawLines({ id, title, description }, lines, unit),
    ...note([sumNote(lines), missingNote(missing)]),
    ...(hasTable ? [] : [valueTable(`${id}-data`, title, lines)]),
  ]);
}

const sumNote = ({ lines, summed }: Lines): string =>
  summed === 0
    ? ''
    : `Shown are the ${lines.length - 1} with the highest peaks. “other” is the sum of the remaining ${summed}.`;

const note = (sentences: readonly string[]): Element[] => {
  const text = sentences.filter((sentence) => sentence !== '').join(' ');
  return text === '' ? [] : [h('p', text)];
};

const sentencePlot = (id: string, title: string, sentence: string): Element =>
  h('figure', { id }, [h('figcaption', title), h('p', sentence)]);

/** Names every missing day, and says how a plot shows it. */
const missingNote = (days: readonly string[]): string =>
  days.length === 0 ? '' : `${plural(days.length, 'day')} without a snapshot (gray): ${datesText(days)}.`;

/** A row for each day on which a value changed, and for the first and the last day. The values of the days between follow from them. */
function valueTable(id: string, title: string, { days, lines }: Lines): Element {
  const valuesOf = (day: number) => lines.map(({ values }) => values[day] ?? null);
  const known = days.flatMap((dt, day) => {
    const values = valuesOf(day);
    return values.every((value) => value === null) ? [] : [{ dt, values }];
  });
  const rows = known.filter(
    ({ values }, index) =>
      index === 0 || index === known.length - 1 || values.join() !== known[index - 1]?.values.join(),
  );
  return table({
    id,
    caption: `${title}: the first snapshot, each one in which a number differs from the one before, and the last`,
    columns: [
      { title: 'Day', kind: 'date', cell: ({ dt }) => dt },
      ...lines.map(({ name }, index) => ({
        title: plotLabel(name, NAME_COLUMNS),
        kind: 'number' as const,
        cell: ({ values }: (typeof rows)[number]) => values[index] ?? '–',
      })),
    ],
    rows,
  });
}

export interface TimelinePlot {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly since: string;
  readonly until: string;
  readonly spans: readonly Span[];
  /** Days without a snapshot, shown as bands. */
  readonly missing: readonly string[];
  /** Whether the page shows the same spans in a table elsewhere. Default: false, the plot has its own */
  readonly hasTable?: boolean;
}

const MOST_ROWS = 40;
/** So that an image fits on a page of A4. */
const ROWS_OF_IMAGE = 20;

/** Bars over time, one row for each label. */
export function timelinePlot({
  id,
  title,
  description,
  since,
  until,
  spans,
  missing,
  hasTable,
}: TimelinePlot): Element {
  const all = rowsOf(spans);
  if (all.length === 0) return sentencePlot(id, title, 'Nobody in this period.');
  const shown = all.slice(0, MOST_ROWS);
  const cut = all.length > shown.length ? `Shown are the first ${shown.length} of ${all.length}.` : '';
  const bars = { since, until, missing: [...new Set(missing)].filter((dt) => since <= dt && dt <= until).sort() };
  const images = Array.from({ length: Math.ceil(shown.length / ROWS_OF_IMAGE) }, (_, part) => {
    const rows = shown.slice(part * ROWS_OF_IMAGE, (part + 1) * ROWS_OF_IMAGE);
    const first = part * ROWS_OF_IMAGE + 1;
    const isPart = shown.length > rows.length;
    const name = isPart ? `${title}, rows ${first} to ${first + rows.length - 1}` : title;
    return drawBars({ id: isPart ? `${id}-${part + 1}` : id, title: name, description }, { ...bars, rows });
  });
  return h('figure', { id }, [
    h('figcaption', title),
    ...images,
    ...note([cut, arrowNote(spans), missingNote(bars.missing)]),
    ...(hasTable
      ? []
      : [
          spanTable(
            `${id}-data`,
            title,
            shown.flatMap(({ spans }) => spans),
          ),
        ]),
  ]);
}

const arrowNote = (spans: readonly Span[]): string =>
  spans.some(({ continuesBefore, continuesAfter }) => continuesBefore || continuesAfter)
    ? 'An arrow is a bar that began before the period or continues after it.'
    : '';

const spanTable = (id: string, title: string, spans: readonly Span[]): Element =>
  table({
    id,
    caption: `${title}: first and last day of each bar`,
    columns: [
      { title: 'Who', cell: ({ label }) => accountText(label) },
      { title: 'From', kind: 'date', cell: ({ from, continuesBefore }) => (continuesBefore ? `before ${from}` : from) },
      { title: 'To', kind: 'date', cell: ({ to, continuesAfter }) => (continuesAfter ? `${to} or later` : to) },
    ],
    rows: spans,
  });
