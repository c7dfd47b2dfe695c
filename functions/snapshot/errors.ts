/**
 * The failures that an operator can act on, one class per action. A subclass without a code of its own only tells retries apart. Exit
 * codes 9 to 12 belong to `verify`, and 1 is a bug.
 * A message says what was requested, what came back and what to do. It never holds a token, a header, a body or personal data, and
 * neither does `cause`, which is kept for what the platform says: a system call's error, a parser's position.
 */
export abstract class OperatorError extends Error {
  /** The exit code of the command line, and `code` of the run document. */
  abstract readonly code: number;
}

/** A setting is missing or malformed, or the host isn't Anodot's. The operator fixes the named settings. */
export class SettingsError extends OperatorError {
  override readonly name: string = 'SettingsError';
  readonly code = 2;
}

/** The token is missing, malformed, empty or not accepted. The operator stores a valid one. */
export class CredentialsError extends OperatorError {
  override readonly name: string = 'CredentialsError';
  readonly code = 3;
}

/** Anodot can't be reached, or says that it is unavailable. The operator waits and runs again. */
export class SourceUnavailableError extends OperatorError {
  override readonly name: string = 'SourceUnavailableError';
  readonly code = 4;
}

/** The connection broke while a response arrived. Unlike a request without a response, it hasn't been retried yet. */
export class BrokenResponseError extends SourceUnavailableError {}

/** Anodot's response isn't a list of users. The operator reads what differs; nothing was published. */
export class SourceContractError extends OperatorError {
  override readonly name: string = 'SourceContractError';
  readonly code = 5;
}

/** The response ended before its list did, or was damaged on the way: the one contract error that another request may resolve. */
export class TruncatedResponseError extends SourceContractError {}

/** The gate refused the snapshot. The operator looks, then runs with `force` or `allowEmpty`. */
export class RefusedSnapshotError extends OperatorError {
  override readonly name: string = 'RefusedSnapshotError';
  readonly code = 6;
}

/** The store failed to read or write. The operator fixes the policy, key or disk and runs again. */
export class StoreError extends OperatorError {
  override readonly name: string = 'StoreError';
  readonly code = 7;
}

/** Another run published while this one was under way. Nothing needs to be done. */
export class SupersededError extends OperatorError {
  override readonly name: string = 'SupersededError';
  readonly code = 8;
}

/** The operator interrupted the run before it committed; nothing was published, unless the message says otherwise. */
export class InterruptedError extends OperatorError {
  override readonly name: string = 'InterruptedError';
  readonly code: number;

  /** @param code 128 plus the signal's number: 130 for Ctrl-C, 143 for SIGTERM */
  constructor(message: string, code = 130) {
    super(message);
    this.code = code;
  }
}
