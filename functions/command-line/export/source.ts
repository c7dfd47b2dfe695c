/** Finds the table or view that `export` was given, and orders its rows, so that the same store always gives the same file. */
import { closestMatch } from 'leven';
import { SettingsError } from '../../snapshot/errors.ts';
import { ENTRIES, type Entry } from '../query/catalogue.ts';

/** @throws SettingsError if there is no such table or view; names the nearest one and all that there are */
export function entryOf(name: string): Entry {
  const entry = ENTRIES.find((one) => one.name === name);
  if (entry) return entry;
  const names = ENTRIES.map((one) => one.name);
  const nearest = closestMatch(name.toLowerCase(), names, { maxDistance: Math.max(2, Math.floor(name.length / 3)) });
  const guess = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw new SettingsError(
    `there is no table or view "${name}".${guess} Expected one of ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`,
  );
}

/** Days ascending. Tables are read day by day, so their rows keep the order in which they are stored. */
export function selectOf({ name, kind, columns }: Entry): string {
  const order = kind === 'table' ? [] : ROW_KEYS.filter((key) => columns.some((column) => column.name === key));
  return `select * from "${name}"${order.length > 0 ? ` order by ${order.join(', ')}` : ''}`;
}

/** A view's row is identified by those of these columns that the view has. */
const ROW_KEYS = ['dt', 'id', 'first_dt'];
