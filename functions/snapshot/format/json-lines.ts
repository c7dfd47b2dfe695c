import type { User } from '../anodot/user-record.ts';

/** One JSON object per line, LF, UTF-8, the columns in the order of COLUMNS. Exact. */
export class JsonLines {
  readonly header = '';

  row(user: User): string {
    return `${JSON.stringify(user)}\n`;
  }
}
