/** What the report's sections are made from. */
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import type { Overview } from '../../snapshot/overview/overview.ts';
import type { Commands } from './commands.ts';

export interface ReportInput {
  readonly overview: Overview;
  /** The manifest of the newest snapshot. */
  readonly newest: Manifest;
  readonly now: Date;
  readonly commands: Commands;
}

/** The longest list in the report, so that the file stays small for any account. */
export const MOST_ROWS = 250;
/** The most days in a table of figures by day: more than a year of them. */
export const MOST_DAYS = 400;
