import { endOfString, readInside } from './json-scan.ts';

/** Works on valid JSON as text, so that numbers keep all digits and any depth of nesting works. */

/** The members of an object, by name, as JSON text. If a name occurs twice, the last one counts, as in JSON.parse. */
export function membersOf(object: string): ReadonlyMap<string, string> {
  const inside = object.slice(object.indexOf('{') + 1);
  const { commas, end } = readInside(inside);
  const members = new Map<string, string>();
  for (const [i, border] of [...commas, end].entries()) {
    const member = inside.slice((commas[i - 1] ?? -1) + 1, border);
    const open = member.indexOf('"');
    const close = endOfString(member, open);
    if (open < 0 || close === undefined) continue; // an empty object
    members.set(textOf(member.slice(open, close + 1)), member.slice(member.indexOf(':', close) + 1));
  }
  return members;
}

/** The text of a JSON string. Most have no escape, and need no parser. */
const textOf = (string: string): string =>
  string.includes('\\') ? String(JSON.parse(string)) : string.slice(1, string.length - 1);

/** The JSON as JSON.stringify would write it, except that numbers keep all digits. */
export function compact(json: string): string {
  if (!SPACE_OR_ESCAPE.test(json) && json.isWellFormed()) return json; // nearly always
  const parts: string[] = [];
  let from = 0;
  for (let open = json.indexOf('"'); open >= 0; open = json.indexOf('"', from)) {
    const close = endOfString(json, open) ?? json.length;
    parts.push(withoutSpace(json.slice(from, open)), JSON.stringify(JSON.parse(json.slice(open, close + 1))));
    from = close + 1;
  }
  parts.push(withoutSpace(json.slice(from)));
  return parts.join('');
}

/** Without these, JSON is compact already. */
const SPACE_OR_ESCAPE = /[ \t\r\n\\]/;

const withoutSpace = (json: string): string => json.replaceAll(/[ \t\r\n]+/g, '');
