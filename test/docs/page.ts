/** Reads a Markdown page: its commands with the output shown after them, its headings, links and JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import GithubSlugger from 'github-slugger';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString as plainText } from 'mdast-util-to-string';
import { gfm } from 'micromark-extension-gfm';
import { visit } from 'unist-util-visit';

export const ROOT = join(import.meta.dirname, '../..');

/** A code block and its position in the page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
  /** Offsets of the text between the fences. */
  readonly start: number;
  readonly end: number;
}

/** A block of commands, and the block that shows what they print, if one follows it. */
export interface Example {
  readonly commands: string;
  readonly line: number;
  readonly output?: Block;
}

export interface Page {
  /** Path from the repository's root. */
  readonly path: string;
  readonly source: string;
  readonly blocks: readonly Block[];
  readonly examples: readonly Example[];
  /** The fragments that links can point to. */
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly { readonly url: string; readonly line: number }[];
}

export function readPage(path: string): Page {
  const source = readFileSync(join(ROOT, path), 'utf8');
  const tree = fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const blocks: Block[] = [];
  const anchors = new Set<string>();
  const links: { url: string; line: number }[] = [];
  const slugger = new GithubSlugger();
  visit(tree, (node) => {
    const line = node.position?.start.line ?? 0;
    if (node.type === 'code') blocks.push(blockOf(node.value, node.lang ?? '', node, source));
    else if (node.type === 'heading') anchors.add(slugger.slug(plainText(node)));
    else if (node.type === 'link' || node.type === 'image' || node.type === 'definition')
      links.push({ url: node.url, line });
    else if (node.type === 'html')
      for (const [, url = ''] of node.value.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)) links.push({ url, line });
  });
  return { path, source, blocks, examples: examplesOf(blocks, source), anchors, links };
}

function blockOf(text: string, language: string, node: Nodes, source: string): Block {
  const from = node.position?.start.offset ?? 0;
  const to = node.position?.end.offset ?? 0;
  const start = source.indexOf('\n', from) + 1;
  return { language, text, line: node.position?.start.line ?? 0, start, end: source.lastIndexOf('\n', to - 1) + 1 };
}

/** An output belongs to the commands before it if only white space separates the two blocks. */
function examplesOf(blocks: readonly Block[], source: string): Example[] {
  return blocks.flatMap((block, i) => {
    if (block.language !== 'sh') return [];
    const next = blocks[i + 1];
    const follows =
      next?.language === 'text' &&
      /^\s*```\s*```text\s*$/.test(source.slice(block.end, next.start).replace(/^ +/gm, ''));
    return [{ commands: block.text, line: block.line, ...(follows && { output: next }) }];
  });
}
