/** Describes a change for people: date, kind, user, and what changed. */
import type { Change } from '../snapshot/changes/change.ts';
import { onOneLine } from '../snapshot/format/cell-text.ts';

type Names = ReadonlyMap<string, string>;

/** @param groupNames names of groups by id. A group without a name is shown by its id */
export const cellsOf = (change: Change, groupNames: Names): string[] =>
  [change.dt, change.change, change.email ?? change.id, detail(change, groupNames)].map(onOneLine);

/** Both values of a change in words, for two columns. Empty if there is nothing to add to the kind of change. */
export function valuesOf(
  { change, before, after }: Pick<Change, 'change' | 'before' | 'after'>,
  groupNames: Names,
): { readonly before: string; readonly after: string } {
  const isClear =
    change === 'joined' || change === 'left' || ((change === 'disabled' || change === 'enabled') && before && after);
  if (isClear) return { before: '', after: '' };
  const isGroup = change === 'group_added' || change === 'group_removed' || change === 'default_group_changed';
  const names = isGroup ? groupNames : undefined;
  const isWhole = change === 'disabled' || change === 'enabled' || change.endsWith('_changed');
  const shown = (text: string | null) => (text === null && !isWhole ? '' : words(text, names));
  return { before: shown(before), after: shown(after) };
}

/** What changed, without who and when. */
export function detail(
  { change, before, after }: Pick<Change, 'change' | 'before' | 'after'>,
  groupNames: Names,
): string {
  switch (change) {
    case 'joined':
    case 'left':
      return '';
    case 'disabled':
    case 'enabled':
      return before && after ? '' : fromTo(words(before), words(after));
    case 'group_added':
    case 'group_removed':
      return words(before ?? after, groupNames);
    case 'default_group_changed':
      return fromTo(words(before, groupNames), words(after, groupNames));
    case 'email_changed':
    case 'name_changed':
      return fromTo(words(before), words(after));
    case 'admin_granted':
    case 'admin_revoked':
    case 'role_added':
    case 'role_removed':
      return words(before ?? after);
  }
}

const fromTo = (before: string, after: string): string => `${before} -> ${after}`;

/** The value of a JSON text as people read it. */
function words(text: string | null, names?: Names): string {
  const value: unknown = text === null ? null : JSON.parse(text);
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  const shown = parts.map((part) => (typeof part === 'string' && names?.get(part)) || part);
  return shown.filter((part) => part !== null && part !== '').join(' ') || '(none)';
}
