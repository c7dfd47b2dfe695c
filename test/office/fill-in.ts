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

export interface Filling {
  readonly locale: Locale;
  readonly rows: readonly TypedRow[];
  /** The saved files, whose extensions decide their formats. Default: the sheet itself. */
  readonly to?: readonly string[];
}

/** Opens a sheet in LibreOffice, types into it and saves it. */
export async function fillIn(path: string, { locale, rows, to = [path] }: Filling): Promise<void> {
  const saved = to.map((file, i) => ({ file, as: join(dirname(file), `saved-${process.pid}-${i}${extname(file)}`) }));
  const targets = saved.map(({ as }) => as);
  const request = { source: path, targets, locale, separator: SEPARATORS[locale], rows };
  await new Promise<void>((resolve, reject) => {
    const script = execFile(PYTHON, [join(import.meta.dirname, 'fill-in.py')], (error, _, stderr) =>
      error ? reject(new Error(`LibreOffice could not fill in ${path}: ${stderr}`, { cause: error })) : resolve(),
    );
    script.stdin?.end(JSON.stringify(request));
  });
  for (const { file, as } of saved) await rename(as, file);
}
