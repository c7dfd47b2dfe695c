import { endOfItem, endOfString, isCommaAt, unitsOf } from './json-scan.ts';

/** Works on valid JSON as text, so that numbers keep all digits and any depth of nesting works. */

/**
 * The members of an object, by name, as JSON text. If a name occurs twice, the last one counts, as in JSON.parse.
 * @param wanted the names to return, if not all
 */
export function membersOf(object: string, wanted?: readonly string[]): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  const units = unitsOf(object);
  for (let open = object.indexOf('"'); open >= 0; ) {
    const close = endOfString(units, open) ?? object.length;
    const start = object.indexOf(':', close) + 1;
    const end = endOfItem(units, start);
    const name = textOf(object.slice(open, close + 1));
    if (wanted?.includes(name) ?? true) members.set(name, object.slice(start, end));
    open = isCommaAt(units, end) ? object.indexOf('"', end) : -1;
  }
  return members;
}

/** The text of a JSON string. Most have no escape, and need no parser. */
const textOf = (string: string): string =>
  string.includes('\\') ? String(JSON.parse(string)) : string.slice(1, string.length - 1);

/** The JSON as JSON.stringify would write it, except that numbers keep all digits. */
export function compact(json: string): string {
  if (isCompact(json)) return json; // nearly always
  const parts: string[] = [];
  const units = unitsOf(json);
  let from = 0;
  for (let open = json.indexOf('"'); open >= 0; open = json.indexOf('"', from)) {
    const close = endOfString(units, open) ?? json.length;
    parts.push(withoutSpace(json.slice(from, open)), JSON.stringify(JSON.parse(json.slice(open, close + 1))));
    from = close + 1;
  }
  parts.push(withoutSpace(json.slice(from)));
  return parts.join('');
}

/** Whether the JSON has no escape, no lone surrogate, and no white space except in strings. */
function isCompact(json: string): boolean {
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const character = json.charCodeAt(i);
    if (character === 0x5c || (character <= 0x20 && !inString)) return false;
    if (character === 0x22) inString = !inString;
  }
  return json.isWellFormed();
}

const withoutSpace = (json: string): string => json.replaceAll(/[ \t\r\n]+/g, '');
