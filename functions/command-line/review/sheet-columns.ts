/** The columns of the sheet that a review is filled in on, in their order. */
import type { ReviewRow } from '../../snapshot/review/review-document.ts';

/** The columns that a reviewer fills in, from left to right. */
export const FILLED_COLUMNS = ['decision', 'reviewer', 'decided_at', 'remark'] as const;
export type FilledColumn = (typeof FILLED_COLUMNS)[number];

/** What the review says about a user. What helps to decide comes first, what identifies and dates it last. */
export const POPULATION_COLUMNS = [
  'row',
  'email',
  'first_name',
  'last_name',
  'state',
  'is_admin',
  'admin_since',
  'roles',
  'group_names',
  'last_active',
  'quiet_days',
  'is_dormant',
  'created_at',
  'first_dt',
  'changed_since',
  'changed_dt',
  'changes',
  'is_on_people_list',
  'exception',
  'id',
  'dt',
] as const satisfies readonly (keyof ReviewRow)[];
export type PopulationColumn = (typeof POPULATION_COLUMNS)[number];

/** The columns to fill come last, so that nobody has to fill in between values of the account. */
export const SHEET_COLUMNS = [...POPULATION_COLUMNS, ...FILLED_COLUMNS] as const;

/** A value of the review as the text of a cell. Null is an empty cell. */
export const populationText = (row: ReviewRow, column: PopulationColumn): string => {
  const value = row[column];
  return value === null ? '' : String(value);
};
