import { endOfString, readInside } from './json-scan.ts';

/** Valid JSON as text, so that every digit is kept and no nesting is too deep. */

/** The members of an object's text, by name, each as its text. Of several with one name the last counts, as for JSON.parse. */
export function membersOf(object: string): ReadonlyMap<string, string> {
  const inside = object.slice(object.indexOf('{') + 1);
  const { commas, end } = readInside(inside);
  const members = new Map<string, string>();
  for (const [i, border] of [...commas, end].entries()) {
    const member = inside.slice((commas[i - 1] ?? -1) + 1, border);
    const open = member.indexOf('"');
    const close = endOfString(member, open);
    if (open < 0 || close === undefined) continue; // an empty object
    members.set(String(JSON.parse(member.slice(open, close + 1))), member.slice(member.indexOf(':', close) + 1));
  }
  return members;
}

/** The same JSON as JSON.stringify writes it, without white space, except that each number keeps its digits. */
export function compact(json: string): string {
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

const withoutSpace = (json: string): string => json.replaceAll(/[ \t\r\n]+/g, '');
