/** Finds the prose in TypeScript: its comments, and the strings and templates that read as a phrase. */

import { SyntaxKind } from 'typescript/unstable/ast';
import { createScanner } from 'typescript/unstable/ast/scanner';
import type { Span } from './prose.ts';

const COMMENTS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.SingleLineCommentTrivia,
  SyntaxKind.MultiLineCommentTrivia,
]);
const TEXTS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
]);
const BLANKS: ReadonlySet<SyntaxKind> = new Set([SyntaxKind.WhitespaceTrivia, SyntaxKind.NewLineTrivia]);
/** A slash after one of these divides. After anything else it begins a regular expression. */
const VALUES: ReadonlySet<SyntaxKind> = new Set([
  ...TEXTS,
  SyntaxKind.Identifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.BigIntLiteral,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CloseBraceToken,
  SyntaxKind.ThisKeyword,
]);

/** A string of one or two words is a key, a name or a path. */
const isPhrase = (text: string) => /\S\s+\S+\s+\S/.test(text);

export function proseOfTypeScript(text: string): readonly Span[] {
  const scanner = createScanner(false, undefined, text);
  const spans: Span[] = [];
  /** For each open brace, whether it belongs to a template. */
  const braces: boolean[] = [];
  let before: SyntaxKind | undefined;
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    if (kind === SyntaxKind.SlashToken && !(before !== undefined && VALUES.has(before)))
      kind = scanner.reScanSlashToken();
    if (kind === SyntaxKind.CloseBraceToken && braces.pop() === true) kind = scanner.reScanTemplateToken(false);
    if (kind === SyntaxKind.OpenBraceToken) braces.push(false);
    if (kind === SyntaxKind.TemplateHead || kind === SyntaxKind.TemplateMiddle) braces.push(true);
    const [from, to] = [scanner.getTokenStart(), scanner.getTokenEnd()];
    if (COMMENTS.has(kind)) spans.push({ from, to });
    else if (TEXTS.has(kind) && isPhrase(text.slice(from, to))) spans.push({ from: from + 1, to: to - 1 });
    if (!COMMENTS.has(kind) && !BLANKS.has(kind)) before = kind;
  }
  return spans;
}
