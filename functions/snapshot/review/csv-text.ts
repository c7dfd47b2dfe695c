/** Decodes a CSV file that another program exported, and refuses what isn't text. */
import { SettingsError } from '../errors.ts';

/** How files of other kinds begin. A workbook is a ZIP archive. */
const SIGNATURES: readonly (readonly [start: string, kind: string])[] = [
  ['PK\u0003\u0004', 'a workbook or an archive'],
  ['\u00d0\u00cf\u0011\u00e0', 'an old Excel workbook'],
  ['%PDF', 'a PDF'],
  ['\u001f\u008b', 'a compressed file'],
  ['{\\rtf', 'a document'],
];
const MARKUP = /^\s*<(?:!doctype|html|head|body|table|\?xml|!--)/i;
const JSON_START = /^\s*(?:\[\s*(?:\{|\[|"|\])|\{\s*(?:"|\}))/;
const ADVICE = 'Export it as CSV';

/**
 * The text, without its byte order mark. Text that is neither UTF-8 nor marked as UTF-16 is read as Windows-1252, as Excel writes it.
 * @throws SettingsError if the file isn't text, or is text of another format
 */
export function csvTextOf(bytes: Uint8Array, file: string): string {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  const kind = SIGNATURES.find(([signature]) => start.startsWith(signature))?.[1];
  if (kind !== undefined) throw new SettingsError(`${file} is ${kind}, not a CSV file. ${ADVICE}`);
  const text = decoded(bytes);
  if (text.includes('\0')) throw new SettingsError(`${file} is not text. ${ADVICE}`);
  if (MARKUP.test(text)) throw new SettingsError(`${file} is a web page or XML, not a CSV file. ${ADVICE}`);
  if (JSON_START.test(text)) throw new SettingsError(`${file} is JSON, not a CSV file. ${ADVICE}`);
  if (text.trim() === '') throw new SettingsError(`${file} is empty`);
  return text;
}

function decoded(bytes: Uint8Array): string {
  for (const encoding of [encodingOf(bytes), 'utf-8']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return new TextDecoder('windows-1252').decode(bytes);
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}
