import { endianness } from 'node:os';

/** The position of the last comma that follows a `}`, with optional white space between. */
export function lastCommaAfterBrace(text: string): number | undefined {
  for (let comma = text.lastIndexOf(','); comma > 0; comma = text.lastIndexOf(',', comma - 1)) {
    let before = comma - 1;
    while (before >= 0 && ' \t\r\n'.includes(text.charAt(before))) before--;
    if (text.charAt(before) === '}') return comma;
  }
  return undefined;
}

/** The UTF-16 code units of a text. Reading them from here takes half as long as from the text. */
export function unitsOf(text: string): Uint16Array {
  const bytes = Buffer.from(text, 'utf16le');
  if (endianness() === 'BE') bytes.swap16(); // an array of numbers has the machine's byte order
  return new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
}

/** Scans the inside of an array: the positions of the commas between its elements, its end, and whether a bracket closes it. */
export function readInside(text: string): { commas: number[]; end: number; closed: boolean } {
  const units = unitsOf(text);
  const commas: number[] = [];
  let end = endOfItem(units, 0);
  for (; isCommaAt(units, end); end = endOfItem(units, end + 1)) commas.push(end);
  return { commas, end, closed: end < text.length };
}

export const isCommaAt = (units: Uint16Array, position: number): boolean => units[position] === 0x2c;

/**
 * The position of the comma or closing bracket after the item that begins at `start`: an element of an array, or a member of an object or
 * its value. The text's length if there is none.
 */
export function endOfItem(units: Uint16Array, start: number): number {
  let depth = 0;
  for (let i = start; i < units.length; i++) {
    const character = units[i];
    if (character === 0x22) i = endOfString(units, i) ?? units.length;
    else if (character === 0x5b || character === 0x7b) depth++;
    else if (character === 0x5d || character === 0x7d) depth--;
    else if (character === 0x2c && depth === 0) return i;
    if (depth < 0) return i;
  }
  return units.length;
}

/** The position of the closing quote of the string that begins at `start`. */
export function endOfString(units: Uint16Array, start: number): number | undefined {
  for (let i = start + 1; i < units.length; i++) {
    const character = units[i];
    if (character === 0x5c) i++;
    else if (character === 0x22) return i;
  }
  return undefined;
}
