/** What an outcome says in words, on its page and in the terminal. */
import type { OpenReason, Outcome, RowOutcome } from '../../snapshot/review/outcome-document.ts';
import { plural } from '../text.ts';

const REASONS: { readonly [reason in OpenReason]: string } = {
  no_later_snapshot: 'there is no snapshot after the review',
  still_active: 'the user is still active',
  disabled_unknown: "the newest snapshot doesn't say whether the user is disabled",
  address_in_use: 'an active user has the same address',
  address_use_unknown:
    "another user has the same address, and the newest snapshot doesn't say whether that user is disabled",
  still_administrator: 'the user is still an administrator',
  roles_unknown: "the newest snapshot doesn't say which roles the user has",
  address_is_administrator: 'an administrator who joined since has the same address',
  address_roles_unknown: 'a user who joined since has the same address, and unknown roles',
};

/** Why a decision is open. Empty if it isn't. Names the ids of other users that it is about. */
export function reasonText({ reason, other_ids }: Pick<RowOutcome, 'reason' | 'other_ids'>): string {
  if (reason === null) return '';
  return other_ids.length === 0 ? REASONS[reason] : `${REASONS[reason]} (${other_ids.join(', ')})`;
}

export function verdictOf({ counts: { done, open } }: Pick<Outcome, 'counts'>): string {
  const all = done + open;
  if (all === 0) return 'nothing was to be carried out';
  if (open === 0) return all === 1 ? 'the decision is carried out' : `all ${all} decisions are carried out`;
  const carriedOut = all === 1 ? '0 of 1 decision is' : `${done} of ${all} decisions ${done === 1 ? 'is' : 'are'}`;
  return `${carriedOut} carried out; ${open} ${open === 1 ? 'is' : 'are'} open`;
}

/** When a decision was carried out, and between which snapshots if days are missing. */
export function doneText({ done }: Pick<RowOutcome, 'done'>): string {
  if (!done) return '';
  const day = `${done.dt}, commit ${done.commit}`;
  if (done.previous === null) return `${day}: already so in the snapshot of the review`;
  if (done.missing_days.length === 0) return day;
  return `${day}. Carried out after ${done.previous.dt}, commit ${done.previous.commit}: ${plural(done.missing_days.length, 'day')} between them ${done.missing_days.length === 1 ? 'has' : 'have'} no snapshot`;
}
