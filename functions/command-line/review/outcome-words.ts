/** What an outcome says in words, on its page and in the terminal. */
import type { Outcome, OutcomeDocument, Reason, RowOutcome } from '../../snapshot/review/outcome-document.ts';
import { plural } from '../text.ts';

const REASONS: { readonly [reason in Reason]: string } = {
  no_later_snapshot: 'there is no snapshot after the review',
  still_active: 'the user is still active',
  disabled_unknown: "the newest snapshot doesn't say whether the user is disabled",
  address_in_use: 'an active user has an address that this user has had since the review',
  address_use_unknown:
    "another user has an address of this user, and the newest snapshot doesn't say whether that user is disabled",
  still_administrator: 'the user is still an administrator',
  roles_unknown: "the newest snapshot doesn't say which roles the user has",
  address_is_administrator: 'an administrator who joined since has an address of this user',
  address_roles_unknown: 'a user who joined since has an address of this user, and unknown roles',
};

/** Why a decision is open, or what isn't known about a kept user. Empty if there is no reason. Names the ids of other users that it is about. */
export function reasonText({ reason, other_ids }: Pick<RowOutcome, 'reason' | 'other_ids'>): string {
  if (reason === null) return '';
  return other_ids.length === 0 ? REASONS[reason] : `${REASONS[reason]} (${other_ids.join(', ')})`;
}

export function verdictOf({ counts: { done, open } }: Pick<Outcome, 'counts'>): string {
  const all = done + open;
  if (all === 0) return 'all users are kept; there is nothing to carry out';
  if (open === 0) return all === 1 ? 'the removal has been carried out' : `all ${all} removals have been carried out`;
  const carriedOut = `${done} of ${plural(all, 'removal')} ${done === 1 || all === 1 ? 'has' : 'have'} been carried out`;
  return `${carriedOut}; ${open} ${open === 1 ? 'is' : 'are'} open`;
}

/** `unknown` is the count of all kept users if there is no later snapshot, and else 0. */
export const keptText = ({ unchanged, changed, unknown }: Outcome['counts']): string =>
  unknown > 0 ? `${unknown} not yet known: no later snapshot` : `${unchanged} unchanged, ${changed} changed`;

/** That the day of the review was published again, and what isn't known because of it. Undefined if it wasn't. */
export const publishedAgainText = ({ published_again, review }: OutcomeDocument): string | undefined =>
  published_again === null
    ? undefined
    : `${review.dt} was published again, by commit ${published_again}, after the review was opened from commit ${review.commit}. Its users now count as a later snapshot. Between the two, changes of groups aren't known.`;

/** When a decision was carried out, and between which snapshots if days are missing. */
export function doneText({ done }: Pick<RowOutcome, 'done'>): string {
  if (!done) return '';
  const day = `${done.dt}, commit ${done.commit}`;
  if (done.previous === null) return `${day}: the review's own snapshot already shows it`;
  if (done.missing_days.length === 0) return day;
  return `${day}. Carried out after ${done.previous.dt}, commit ${done.previous.commit}: ${plural(done.missing_days.length, 'day')} between them ${done.missing_days.length === 1 ? 'has' : 'have'} no snapshot`;
}
