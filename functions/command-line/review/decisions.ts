/** Takes the decisions from a filled sheet, or names everything that is wrong with them. */
import type { Decision } from '../../snapshot/review/decision.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import type { Sheet } from './sheet.ts';

export interface SheetDecisions {
  /** One for each row of the review, in its order. */
  readonly decisions: readonly Decision[];
  /** Other columns that differ from review.json, a line each. They change nothing. */
  readonly differences: readonly string[];
}

/**
 * @param now the latest possible time of a decision
 * @throws SettingsError that lists every problem, each with its row
 */
export function decisionsIn(sheet: Sheet, review: Review, now: Date): SheetDecisions {
  throw new Error(`not available yet: ${sheet.path} ${review.rows.length} ${now.toISOString()}`);
}
