/** Compares stored entries with recomputed ones column by column, and keeps which columns a file lacks or has in addition. */
import { canonical, jsonIn } from './canonical.ts';
import { columnOf, type Entry, EXTRA, IN_ROW, nameInside } from './entries.ts';

type Cells = Entry['cells'];

export class Columns {
  /** Columns that some stored entries have, of those that this version writes. */
  readonly #had = new Set<string>();
  /** Columns that some stored entries lack. */
  readonly #lacking = new Set<string>();
  /** The columns that only stored entries have, of lines and of the rows inside them. */
  readonly #others = new Map<'line' | 'row', readonly string[]>();
  readonly #lacked: ReadonlySet<string>;
  readonly #isText: boolean;
  /** Whether some stored entries have columns that others lack, of those that this version doesn't write. */
  isUneven = false;

  /**
   * @param lacked the columns that the version that wrote the file didn't write
   * @param isText whether cells are texts, as in CSV. Otherwise they are JSON
   */
  constructor(lacked: ReadonlySet<string>, isText: boolean) {
    this.#lacked = lacked;
    this.#isText = isText;
  }

  /** Columns that some stored entries have and others lack. */
  get sometimesLacking(): readonly string[] {
    return [...this.#lacking.intersection(this.#had)];
  }

  /** Columns that all stored entries lack, although their version wrote them. */
  get missing(): readonly string[] {
    return [...this.#lacking.difference(this.#had).difference(this.#lacked)];
  }

  /** Columns that all stored entries lack, because their version didn't write them yet. */
  get notWrittenYet(): readonly string[] {
    return [...this.#lacking.difference(this.#had).intersection(this.#lacked)];
  }

  /** How many columns only stored entries have. Their names may be anything. */
  get otherCount(): number {
    return [...this.#others.values()].flat().length;
  }

  get areOwn(): boolean {
    return this.#lacking.size === 0 && this.otherCount === 0;
  }

  /** The columns in which two entries differ. A column that only one of them has is kept, and doesn't count. */
  differing(stored: Cells, computed: Cells): readonly string[] {
    const [ours, theirs] = [columnsOf(computed), columnsOf(stored)];
    for (const column of ours) (theirs.has(column) ? this.#had : this.#lacking).add(column);
    const others = theirs.difference(ours);
    for (const part of ['line', 'row'] as const) this.#addOthers(part, ours, others);
    const differs = (cell: string): boolean => {
      const [a, b] = [stored.get(cell), computed.get(cell)];
      if (a !== undefined && b !== undefined) return a !== b;
      const name = nameInside(cell);
      if (name === undefined) return false;
      const column = columnOf(cell);
      // A value without a column has moved into one, or had none yet.
      if (b !== undefined) return theirs.has(column) && !this.#hasMoved(column, name, b, stored, others);
      return !this.#hasMoved(column, name, a ?? '', computed, this.#lacked);
    };
    const cells = new Set([...stored.keys(), ...computed.keys()]);
    return [...new Set([...cells].filter(differs).map(columnOf))];
  }

  #addOthers(part: 'line' | 'row', ours: ReadonlySet<string>, others: ReadonlySet<string>): void {
    const isInPart = (column: string): boolean => column.startsWith(IN_ROW) === (part === 'row');
    if (!ours.values().some(isInPart)) return;
    const names = [...others].filter(isInPart).sort();
    const first = this.#others.get(part);
    if (!first) this.#others.set(part, names);
    else this.isUneven ||= first.join() !== names.join();
  }

  /** Whether one of the columns is named like a member of `extra_json` and has its value. */
  #hasMoved(extra: string, name: string, member: string, cells: Cells, columns: ReadonlySet<string>): boolean {
    const prefix = extra.slice(0, -EXTRA.length);
    const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return [name, snake].some((one) => {
      const column = `${prefix}${one}`;
      const cell = columns.has(column) ? cells.get(column) : undefined;
      return cell !== undefined && formsOf(member, this.#isText).includes(cell);
    });
  }
}

/** How a column may hold a JSON value: as it is, as text, or in the order of names. Not if that would change a number. */
function formsOf(member: string, isText: boolean): readonly string[] {
  const value = jsonIn(member);
  const isExact = canonical(value, (_, same) => same) === member;
  if (isText) return typeof value === 'string' ? [value] : [member];
  return [member, JSON.stringify(member), ...(isExact ? [canonical(value)] : [])];
}

const columnsOf = (cells: Cells): Set<string> => new Set([...cells.keys()].map(columnOf));
