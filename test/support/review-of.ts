import { readUsers } from '../../functions/snapshot/changes/read-users.ts';
import { readCommit } from '../../functions/snapshot/commits/commit-log.ts';
import { sha256Of } from '../../functions/snapshot/commits/document.ts';
import { readManifests } from '../../functions/snapshot/commits/manifests.ts';
import { PROGRAM_VERSION, SCHEMA_VERSION } from '../../functions/snapshot/contract.ts';
import type { Decision, DecisionKind } from '../../functions/snapshot/review/decision.ts';
import type { Review, ReviewRow } from '../../functions/snapshot/review/review-document.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import type { User } from '../../functions/snapshot/user.ts';
import { isAdministrator, stateOf } from '../../functions/snapshot/user-state.ts';

/** The review of a day, without what an outcome doesn't depend on. */
export async function reviewOf(store: Store, dt: string): Promise<Review> {
  const [manifest] = await readManifests(store, [dt]);
  const entry = manifest && (await readCommit(store, manifest.commit));
  if (!entry) throw new Error(`there is no snapshot of ${dt}`);
  const users: User[] = [];
  for await (const batch of await readUsers(store, manifest)) users.push(...batch);
  return {
    schema_version: SCHEMA_VERSION,
    program_version: PROGRAM_VERSION,
    opened_at: manifest.published_at,
    store: store.location,
    snapshot: { dt, commit: entry.number, commit_sha256: entry.sha256 },
    since: null,
    dormant_days: 90,
    people: null,
    exceptions: null,
    rows: users.map((user, i) => rowOf(user, i + 1, dt)),
  };
}

const rowOf = (user: User, row: number, dt: string): ReviewRow => ({
  ...{ row, dt, id: user.id, email: user.email, first_name: user.first_name, last_name: user.last_name },
  ...{ state: stateOf(user, Date.parse(dt)), is_admin: isAdministrator(user), admin_since: null },
  ...{
    roles: user.roles?.join(', ') ?? null,
    group_names: null,
    created_at: null,
    last_active: null,
    quiet_days: null,
  },
  ...{ first_dt: dt, changed_dt: null, changes: null, is_dormant: false, changed_since: null },
  ...{ is_on_people_list: null, exception: null, sha256: sha256Of(Buffer.from(JSON.stringify(user))) },
});

/** A decision for each row: those named by id, the others `keep`. */
export const decide = ({ rows }: Review, byId: { readonly [id: string]: DecisionKind }): Decision[] =>
  rows.map(({ row, id }) => ({
    row,
    decision: byId[id] ?? 'keep',
    reviewer: 'Rhea',
    decided_at: '2026-11-20',
    remark: '',
  }));
