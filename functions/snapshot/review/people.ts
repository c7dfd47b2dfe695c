/** Reads a company's list of people: any CSV with an address column, as HR systems and identity providers export it. */
import { SettingsError } from '../errors.ts';

export interface PeopleList {
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** @throws SettingsError if the file isn't a list of people */
export function parsePeople(_bytes: Uint8Array, _file: string): PeopleList {
  throw new SettingsError('not available yet');
}
