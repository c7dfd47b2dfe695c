/** Lets LibreOffice fill in a sheet, in the locale of a reviewer. */
import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';

/** How reviewers' programs separate the cells of CSV files. */
const SEPARATORS = { 'en-US': ',', 'de-DE': ';' } as const;
export type Locale = keyof typeof SEPARATORS;

/** What a reviewer types into the line of a row. */
export interface TypedRow {
  readonly row: number;
  readonly decision?: string;
  readonly reviewer?: string;
  readonly decided_at?: string;
  readonly remark?: string;
  readonly state?: string;
}

/** Debian's Python, which has its package python3-uno. */
const PYTHON = '/usr/bin/python3';

/**
 * Opens a sheet in LibreOffice, types into it and saves it.
 * @param to the saved file, whose extension decides the format. By default the sheet itself
 * @returns the saved file
 */
export async function fillIn(
  path: string,
  { locale, rows, to = path }: { readonly locale: Locale; readonly rows: readonly TypedRow[]; readonly to?: string },
): Promise<string> {
  const target = join(dirname(to), `saved-${process.pid}${extname(to)}`);
  const request = { source: path, target, locale, separator: SEPARATORS[locale], rows };
  await new Promise<void>((resolve, reject) => {
    const script = execFile(PYTHON, [join(import.meta.dirname, 'fill-in.py')], (error, _, stderr) =>
      error ? reject(new Error(`LibreOffice could not fill in ${path}: ${stderr}`, { cause: error })) : resolve(),
    );
    script.stdin?.end(JSON.stringify(request));
  });
  await rename(target, to);
  return to;
}
