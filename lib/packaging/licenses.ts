import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import * as z from 'zod';

const MANIFEST = z.object({ name: z.string(), version: z.string(), license: z.string() });
/** Texts for packages that name an SPDX license but publish no text, as `<SPDX id>.txt`. */
const TEXTS = join(import.meta.dirname, 'license-texts');
const RULE = `${'='.repeat(80)}\n`;

/**
 * Lists every package in a bundle with its version, its license and the text of the license. Each text appears once.
 * @param top the working directory of esbuild
 * @throws Error if the text of a package's license is unknown
 */
export async function licensesOf(metafile: Metafile, top: string): Promise<string> {
  const packages = Map.groupBy(
    await Promise.all(foldersOf(metafile).map((folder) => read(join(top, folder)))),
    ({ text }) => text,
  );
  const sections = [...packages].map(([text, those]) => `${those.map(({ title }) => title).join('\n')}\n\n${text}\n`);
  return [`This bundle was built from the following packages, each listed with its license.\n`, ...sections].join(
    `\n${RULE}`,
  );
}

/** The folders of the packages that a bundle was built from, each once, in order. */
export function foldersOf({ inputs }: Metafile): string[] {
  const folders = Object.keys(inputs).map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0]);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

async function read(folder: string): Promise<{ readonly title: string; readonly text: string }> {
  const { name, version, license } = MANIFEST.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const title = `${name} ${version} (${license})`;
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  if (!files.some((file) => !/^notice/i.test(file))) files.unshift(join(TEXTS, `${license}.txt`));
  try {
    const texts = await Promise.all(files.map((file) => readFile(resolve(folder, file), 'utf8')));
    return { title, text: texts.map((text) => text.trim()).join('\n\n') };
  } catch (error) {
    throw new Error(`${title} publishes no license text: add ${license}.txt to ${TEXTS}`, { cause: error });
  }
}
