/** How pages write days with their commits, users, times and kinds of change. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { ChangeKind, State } from '../../snapshot/contract.ts';
import type { AdministratorStay, Source } from '../../snapshot/overview/overview.ts';
import { rangesOf, rangeText } from '../dates.ts';
import { accountText, type Content } from './content.ts';

/** `2026-11-26, commit 29`: the snapshot that a fact comes from. */
export const sourceText = ({ dt, commit }: Source): string => `${dt}, commit ${commit}`;

interface Person {
  readonly id: string;
  readonly email: string | null;
}

/** A user by address, or by id if there is none. */
export const personText = ({ id, email }: Person): Element => accountText(email || id);

interface Named {
  readonly first_name: string | null;
  readonly last_name: string | null;
}

export const nameText = ({ first_name, last_name }: Named): Element =>
  accountText([first_name, last_name].filter((name) => name !== null && name !== '').join(' '));

/** The date of a time in a row. */
export const dayText = (time: string | null): Content => (time === null ? null : time.slice(0, 10));

export const stateText = (state: State): string => state.replace('_', ' ');

export const changeText = (change: ChangeKind): string =>
  change.replace(/^admin/, 'administrator role').replaceAll('_', ' ');

/** Ascending dates, consecutive ones together. */
export const datesText = (dates: readonly string[]): string => rangesOf(dates).map(rangeText).join(', ');

/** Words that a reader must not overlook. They say so without color, too. */
export const marked = (text: string): Element => h('strong', text);

export const timeText = (time: string | Date): string =>
  `${(typeof time === 'string' ? time : time.toISOString()).slice(0, 19).replace('T', ' ')} UTC`;

/** When a stay began or ended. */
export interface ChangeDay {
  /** The snapshot that first shows the change. Null if the period doesn't have it. */
  readonly source: Source | null;
  readonly isExact: boolean;
  /** Days without a snapshot directly before. */
  readonly missing: readonly string[];
}

/** @param otherwise what to say if the period doesn't have the change */
export const changeDayText = ({ source }: ChangeDay, otherwise: string): string =>
  source === null ? otherwise : sourceText(source);

/** Why the day isn't exact. Null if it is. */
export function inexactText({ isExact, missing }: ChangeDay): string | null {
  const reasons = [
    ...(missing.length > 0 ? [`no snapshot on ${datesText(missing)}`] : []),
    ...(isExact ? [] : ['not all changes or roles are known']),
  ];
  return reasons.length === 0 ? null : reasons.join(', ');
}

export const startOf = ({ from, from_is_exact, missing_before_from }: AdministratorStay): ChangeDay => ({
  source: from,
  isExact: from_is_exact,
  missing: missing_before_from,
});

export const endOf = ({ until, until_is_exact, missing_before_until }: AdministratorStay): ChangeDay => ({
  source: until,
  isExact: until_is_exact,
  missing: missing_before_until,
});
