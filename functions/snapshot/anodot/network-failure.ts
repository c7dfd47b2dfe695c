import type { Deadline } from '../deadline.ts';
import { OperatorError, SourceUnavailableError } from '../errors.ts';

/** OpenSSL's and Node's codes for a bad certificate. `UNABLE_TO_VERIFY_LEAF_SIGNATURE` means that intermediates are missing. */
const BAD_CERTIFICATE = /CERT|CRL|ISSUER|LEAF_SIGNATURE|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH/;

/**
 * The message for a failed request, or for a body that was cut off, if another attempt may help. It quotes only error codes of the
 * system and of the HTTP client.
 * @param request method and URL, for the message
 * @throws SourceUnavailableError if another attempt can't help: a bad certificate, a proxy that requires authentication, or the
 *   deadline. Throws the signal's reason if an operator interrupted the run
 */
export function networkFailure(request: string, error: unknown, deadline: Deadline): string {
  const { signal, name = "the run's time limit" } = deadline;
  if (signal.aborted) {
    if (!isTimeout(signal.reason)) throw signal.reason;
    throw new SourceUnavailableError(`${request} got no complete response within ${name}. Run again later`);
  }
  const code = causeCode(error);
  if (code !== undefined && BAD_CERTIFICATE.test(code)) {
    throw new SourceUnavailableError(
      `${request}: the certificate can't be trusted (${code}). Check the host and the proxy`,
    );
  }
  const proxyStatus = refusalOfProxy(error);
  if (proxyStatus === 407)
    throw new SourceUnavailableError(
      `${request}: the proxy requires authentication (407). Set HTTPS_PROXY to http://user:password@host:port`,
    );
  if (proxyStatus !== undefined) return `${request}: the proxy returned ${proxyStatus}`;
  const unknownHost = code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  return `${request}: ${unknownHost ? 'unknown host' : 'no connection'} (${code ?? 'no code'})`;
}

/** The same message, or error, after it was reported to an observer. */
export function reportedFailure(
  request: string,
  error: unknown,
  deadline: Deadline,
  report: (message: string) => void,
): string {
  try {
    const message = networkFailure(request, error, deadline);
    report(message);
    return message;
  } catch (failure) {
    if (failure instanceof OperatorError) report(failure.message);
    throw failure;
  }
}

/** The code of a system error, which may be nested several causes deep. Of several addresses, the first one's counts. */
export function causeCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof AggregateError && at.errors.length > 0) return causeCode(at.errors[0]);
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}

/** The status with which a proxy refused to connect. Undefined if no proxy did, or if it sent no status. */
function refusalOfProxy(error: unknown): number | undefined {
  if (!(error instanceof Error) || causeCode(error) !== 'ERR_PROXY_TUNNEL' || !('statusCode' in error))
    return undefined;
  return typeof error.statusCode === 'number' && error.statusCode > 0 ? error.statusCode : undefined;
}

const isTimeout = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'TimeoutError';
