/** Finds words of the glossary in a file's prose, except where an exception says that one is right. */

import { EXCEPTIONS, type Exception, HABITS, type Rule, TERMS } from './glossary.ts';
import { proseOf } from './prose.ts';

export interface Finding {
  readonly line: number;
  readonly found: string;
  readonly instead: string;
}

const RULES: readonly Rule[] = [...HABITS, ...TERMS];
const CONTEXT = 60;

const singleBlanks = (text: string) => text.replaceAll(/\s+/g, ' ');

/** The rule's pattern, for text in lines. Lookbehind, lookahead and classes keep theirs: none of them holds a blank. */
const inLines = ({ wrong }: Rule) => new RegExp(wrong.source.replaceAll(' ', '\\s+'), `g${wrong.flags}`);
const PATTERNS = RULES.map((rule) => ({ pattern: inLines(rule), instead: rule.instead }));

/** What the glossary advises against in one file, and the exceptions that it needed. */
export function find(file: string, text: string) {
  const prose = proseOf(file, text) ?? '';
  const exceptions = EXCEPTIONS.filter((exception) => exception.file === file);
  const findings: Finding[] = [];
  const used: Exception[] = [];
  for (const { pattern, instead } of PATTERNS)
    for (const { index, 0: match } of prose.matchAll(pattern)) {
      const around = singleBlanks(prose.slice(Math.max(0, index - CONTEXT), index + match.length + CONTEXT));
      const exception = exceptions.find(({ phrase }) => around.includes(phrase));
      if (exception) used.push(exception);
      else findings.push({ line: prose.slice(0, index).split('\n').length, found: singleBlanks(match), instead });
    }
  return { findings: findings.sort((a, b) => a.line - b.line), used };
}
