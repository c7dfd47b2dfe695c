/** Reads a filled sheet back, as Excel, LibreOffice and Google Sheets save it. */
import type { Sheet } from './sheet.ts';

/** @throws SettingsError with advice if it can't be read, isn't one of these formats, or has no header with the columns to fill */
export async function readSheet(path: string): Promise<Sheet> {
  throw new Error(`not available yet: ${path}`);
}
