/** Reads the exceptions of a review: break-glass and service accounts, each with a reason. */
import { SettingsError } from '../errors.ts';

export interface ExceptionEntry {
  /** From 1, in the file. */
  readonly line: number;
  /** An address or the id of a user, as it is in the file. */
  readonly user: string;
  readonly reason: string;
}

export interface ExceptionList {
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  readonly entries: readonly ExceptionEntry[];
}

/** @throws SettingsError that names the lines without a user or a reason, and those that repeat another */
export function parseExceptions(_bytes: Uint8Array, _file: string): ExceptionList {
  throw new SettingsError('not available yet');
}
