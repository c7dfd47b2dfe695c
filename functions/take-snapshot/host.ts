/** Reads what Lambda says about the function, for the manifest. Never fails a run: what is missing or unexpected is null. */
import type { Host } from '../snapshot/origin.ts';
import type { Environment } from '../snapshot/settings.ts';

/** `$LATEST`, or the number of a published version. */
const VERSION = /^(\$LATEST|\d{1,20})$/;
const MEGABYTES = /^[1-9]\d{0,6}$/;

export function hostOf({
  AWS_LAMBDA_FUNCTION_VERSION: version = '',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory = '',
}: Environment): Host {
  return {
    kind: 'lambda',
    function_version: VERSION.test(version) ? version : null,
    memory_mb: MEGABYTES.test(memory) ? Number(memory) : null,
  };
}
