/**
 * The failures that an operator can act on, one class per action. A subclass without its own code exists only to control retries.
 * Exit codes 9 to 12 belong to `verify` and `status`, 13 to `review close`, and 14 to `changes` and `diff`. 1 is a bug.
 *
 * A message says what was requested, what came back and what to do. Neither it nor `cause` ever holds a token, a header, a body or
 * personal data. `cause` is for what the platform reports, such as a system call's error or a parser's position.
 */
export abstract class OperatorError extends Error {
  /** The exit code of the command line, and `code` of the run document. */
  abstract readonly code: number;
}

/** A setting is missing or malformed, or the host isn't Anodot's. The operator fixes the settings named. */
export class SettingsError extends OperatorError {
  override readonly name: string = 'SettingsError';
  readonly code = 2;
}

/** The token is missing, malformed, empty or rejected. The operator stores a valid one. */
export class CredentialsError extends OperatorError {
  override readonly name: string = 'CredentialsError';
  readonly code = 3;
}

/** Anodot is unreachable or unavailable. The operator waits and runs again. */
export class SourceUnavailableError extends OperatorError {
  override readonly name: string = 'SourceUnavailableError';
  readonly code = 4;
}

/** The connection broke in the middle of a response. Unlike a request without a response, it hasn't been retried yet. */
export class BrokenResponseError extends SourceUnavailableError {}

/** Anodot's response doesn't match its API's documentation. The message says what differs. Nothing was published. */
export class SourceContractError extends OperatorError {
  override readonly name: string = 'SourceContractError';
  readonly code = 5;
}

/** The response was cut off or damaged in transit. The only contract error that another request may resolve. */
export class TruncatedResponseError extends SourceContractError {}

/** The gate refused the snapshot. The operator checks it, and runs again with `force` or `allowEmpty` if it is right. */
export class RefusedSnapshotError extends OperatorError {
  override readonly name: string = 'RefusedSnapshotError';
  readonly code = 6;
}

/** The store can't be read or written. The operator fixes the policy, key or disk and runs again. */
export class StoreError extends OperatorError {
  override readonly name: string = 'StoreError';
  readonly code = 7;
}

/** The store can be read, but not this object: it is archived, is encrypted with another key, or isn't a file. */
export class UnreadableObjectError extends StoreError {}

/** Another run published while this one was in progress. No action is needed. */
export class SupersededError extends OperatorError {
  override readonly name: string = 'SupersededError';
  readonly code = 8;
}

/** The operator interrupted the run before it committed. Nothing was published, unless the message says otherwise. */
export class InterruptedError extends OperatorError {
  override readonly name: string = 'InterruptedError';
  readonly code: number;

  /** @param code 128 plus the signal's number: 130 for Ctrl-C, 143 for SIGTERM */
  constructor(message: string, code = 130) {
    super(message);
    this.code = code;
  }
}
