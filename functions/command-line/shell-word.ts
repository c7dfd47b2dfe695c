/** Writes a value as one word of a shell command, so that a suggested command can be pasted, whatever characters a path has. */

const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

/** @param platform on Windows, cmd.exe and PowerShell both understand double quotes, and no path contains one */
export function shellWord(value: string, platform: string = process.platform): string {
  if (platform === 'win32') return /^[\w@%+=:,.\\/-]+$/.test(value) ? value : `"${value}"`;
  return NEEDS_NO_QUOTES.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
