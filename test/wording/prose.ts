/** Blanks out everything in a file that isn't prose. Positions and lines stay. */

import { proseOfTypeScript } from './typescript.ts';

/** Part of a text, from its first character up to, but not including, the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Replaces each character of code, so that no phrase reaches across it. */
export const CODE = '■';

const code = (text: string) => text.replaceAll(/\S/g, CODE);

function matches(text: string, pattern: RegExp): readonly Span[] {
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => ({ from: index, to: index + length }));
}

function only(text: string, spans: readonly Span[]): string {
  let kept = '';
  let end = 0;
  for (const { from, to } of spans) {
    kept += code(text.slice(end, from)) + text.slice(from, to);
    end = to;
  }
  return kept + code(text.slice(end));
}

/** Comment signs become blanks: a sentence goes on in the next line. Names in backticks are code. */
const uncommented = (text: string) =>
  text
    .replaceAll(/^[ \t]*(?:\/\*\*?|\*\/|\*|\/\/+|--|#+)/gm, (sign) => ' '.repeat(sign.length))
    .replaceAll(/`[^`\n]*`/g, code);

const markdown = (text: string) =>
  text
    .replaceAll(/^( *)(`{3,}|~{3,})[\s\S]*?^\1\2$/gm, (block) => block.replaceAll(/\S/g, ' '))
    .replaceAll(/`[^`\n]+`|\]\([^)\s]*\)|https?:\/\/\S+/g, code);

const COMMENTS_OF_SQL = /--.*$/gm;
const COMMENTS_AND_TEXTS_OF_SHELL = /(?<=^|\s)#.*$|"(?=[^"\n ]+ [^"\n ]+ )[^"\n]*"|'(?=[^'\n ]+ [^'\n ]+ )[^'\n]*'/gm;

/** The text with everything but its prose blanked out, or undefined for a kind of file that holds none. */
export function proseOf(file: string, text: string): string | undefined {
  if (/\.md$/.test(file)) return markdown(text);
  if (/\.[cm]?ts$|\.cjs$/.test(file)) return uncommented(only(text, proseOfTypeScript(text)));
  if (/\.sql$/.test(file)) return uncommented(only(text, matches(text, COMMENTS_OF_SQL)));
  if (/\.ya?ml$|^\.ci\//.test(file)) return uncommented(only(text, matches(text, COMMENTS_AND_TEXTS_OF_SHELL)));
  return undefined;
}
