/** Reads the four filled cells of a row: the decision, its reviewer and its date, or what is wrong with them. */
import { closestMatch } from 'leven';
import { DECISIONS, type Decision, type DecisionKind } from '../../snapshot/review/decision.ts';
import type { Review, ReviewRow } from '../../snapshot/review/review-document.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import { isInFuture } from '../dates.ts';
import { cut } from '../text.ts';
import { datesIn } from './read-date.ts';
import type { SheetRow } from './sheet.ts';

/** Spaces and invisible characters, which a spreadsheet's user can't see. */
const BLANK = /[\p{Z}\p{Cc}\p{Cf}]+/gu;
/** Typing mistakes in a word up to which a decision is suggested. */
const MOST_MISTAKES = 2;
const ONE_OF = 'keep, revoke or revoke-admin';

/** A value of the sheet in a message: on one line, and not too long. */
export const quoted = (value: string): string => `'${cut(value.replaceAll(BLANK, ' '), 60)}'`;

/** The decision of a row, and every problem with it. A decision with problems is undefined. */
export function decisionOf(
  { cells }: SheetRow,
  row: ReviewRow,
  { snapshot }: Review,
  now: Date,
): { readonly decision?: Decision; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const decision = kindIn(cells.decision ?? '', row, problems);
  const reviewer = (cells.reviewer ?? '').trim();
  if (reviewer.replaceAll(BLANK, '') === '') problems.push('reviewer is missing. Write who decided');
  const decided_at = dateIn(cells.decided_at ?? '', snapshot.dt, now, problems);
  if (decision === undefined || decided_at === undefined || problems.length > 0) return { problems };
  return { decision: { row: row.row, decision, reviewer, decided_at, remark: (cells.remark ?? '').trim() }, problems };
}

function kindIn(cell: string, { is_admin }: ReviewRow, problems: string[]): DecisionKind | undefined {
  const word = cell.normalize('NFKC').replaceAll(BLANK, ' ').trim().toLowerCase().replaceAll(/[ _]/g, '-');
  const decision = DECISIONS.find((known) => known === word);
  if (word === '') problems.push(`decision is missing. Write ${ONE_OF}`);
  else if (!decision) {
    const nearest = closestMatch(word, [...DECISIONS], { maxDistance: MOST_MISTAKES });
    problems.push(`decision ${quoted(cell)} is unknown. Write ${ONE_OF}${nearest ? `. Did you mean ${nearest}?` : ''}`);
  } else if (decision === 'revoke-admin' && !is_admin)
    problems.push("decision is revoke-admin, but this user isn't an administrator. Write keep or revoke");
  return decision;
}

function dateIn(cell: string, snapshotDt: string, now: Date, problems: string[]): string | undefined {
  const today = dtOf(now);
  if (cell.replaceAll(BLANK, '') === '') {
    problems.push(`decided_at is missing. Write a date such as ${today}`);
    return undefined;
  }
  const years = { first: Number(snapshotDt.slice(0, 4)), last: now.getUTCFullYear() };
  const [dt, other] = datesIn(cell, years);
  if (dt === undefined) problems.push(`decided_at ${quoted(cell)} isn't a date. Write it like ${today}`);
  else if (other !== undefined)
    problems.push(`decided_at ${quoted(cell)} can mean ${dt} or ${other}. Write the right one in that form`);
  else if (dt < snapshotDt) problems.push(`decided_at ${dt} is before the snapshot of ${snapshotDt}. Correct the date`);
  else if (isInFuture(dt, today)) problems.push(`decided_at ${dt} is in the future. Correct the date`);
  return dt;
}
