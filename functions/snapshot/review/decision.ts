/** What a reviewer can decide about a user. */

/** `keep`: the access stays as it is. `revoke`: the user is to be gone or disabled. `revoke-admin`: no longer an administrator. */
export const DECISIONS = ['keep', 'revoke', 'revoke-admin'] as const;
export type DecisionKind = (typeof DECISIONS)[number];

/** A complete row of the filled sheet. */
export interface Decision {
  readonly row: number;
  readonly decision: DecisionKind;
  readonly reviewer: string;
  /** A date, `2026-11-23`. */
  readonly decided_at: string;
  readonly remark: string;
}
