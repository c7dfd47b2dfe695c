/** The `check` event: tries everything that a run needs, and counts what failed and how old the token is. */
import type { StoredToken } from '../snapshot/anodot/token.ts';
import { type Check, type CheckParts, check, tokenAgeDays } from '../snapshot/check.ts';

export interface CheckResult {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

/** What a check has found out, for its log line and metrics. */
export interface CheckReport extends CheckResult {
  readonly failed: number;
  /** Undefined if that isn't known. */
  readonly tokenAgeDays: number | undefined;
}

/** A failed check is a result, not an error. */
export async function checkAll(parts: CheckParts): Promise<CheckReport> {
  let stored: StoredToken | undefined;
  const readToken = async () => {
    stored = await parts.readToken();
    return stored;
  };
  const checks = await check({ ...parts, readToken });
  const age = stored && tokenAgeDays(stored, parts.now());
  return {
    ok: checks.every((one) => one.ok),
    checks,
    failed: checks.filter(({ code }) => code !== null).length,
    tokenAgeDays: age,
  };
}
