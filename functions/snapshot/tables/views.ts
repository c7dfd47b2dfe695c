/** The views over the tables, with their columns. */
import { ownText } from '../own-text.ts';

/** A column of a view and its Trino type. */
export interface ViewColumn {
  readonly name: string;
  readonly type: 'varchar' | 'bigint' | 'boolean' | 'timestamp(3)' | 'array(varchar)';
}

/** A view. Its query is in the .sql file of the same name. */
export interface View {
  readonly name: string;
  /** What it shows. */
  readonly comment: string;
  /** A query that uses it. */
  readonly example: string;
  readonly columns: readonly ViewColumn[];
}

type Columns = { readonly [name: string]: ViewColumn['type'] };

const USER: Columns = { dt: 'varchar', id: 'varchar', email: 'varchar', first_name: 'varchar', last_name: 'varchar' };
const ACCESS: Columns = { is_admin: 'boolean', roles: 'array(varchar)', group_names: 'array(varchar)' };
const { dt: _, ...PERSON } = USER;

/** The columns of each view. A view comes after those that it selects from. A day is text such as `2026-11-23`. Times are UTC. */
const VIEW_COLUMNS: { readonly [view: string]: Columns } = {
  current_users: {
    ...USER,
    state: 'varchar',
    ...ACCESS,
    groups: 'array(varchar)',
    default_group: 'varchar',
    default_group_name: 'varchar',
    disabled: 'boolean',
    owner_organization: 'varchar',
    created_at: 'timestamp(3)',
    last_active: 'timestamp(3)',
    observed_at: 'timestamp(3)',
    extra_json: 'varchar',
  },
  current_admins: {
    ...USER,
    state: 'varchar',
    roles: 'array(varchar)',
    group_names: 'array(varchar)',
    created_at: 'timestamp(3)',
    last_active: 'timestamp(3)',
  },
  dormant_users: {
    ...USER,
    state: 'varchar',
    quiet_days: 'bigint',
    ...ACCESS,
    created_at: 'timestamp(3)',
    last_active: 'timestamp(3)',
  },
  never_active_users: {
    ...USER,
    state: 'varchar',
    age_days: 'bigint',
    ...ACCESS,
    created_at: 'timestamp(3)',
  },
  user_history: {
    ...PERSON,
    first_dt: 'varchar',
    last_dt: 'varchar',
    is_present: 'boolean',
    day_count: 'bigint',
    intervals: 'array(varchar)',
  },
  admin_history: {
    ...PERSON,
    first_dt: 'varchar',
    last_dt: 'varchar',
    until_dt: 'varchar',
    ended: 'varchar',
    day_count: 'bigint',
  },
  daily_counts: {
    dt: 'varchar',
    observed_at: 'timestamp(3)',
    user_count: 'bigint',
    row_count: 'bigint',
    rows_match: 'boolean',
    admin_count: 'bigint',
    active_count: 'bigint',
    dormant_count: 'bigint',
    new_count: 'bigint',
    never_active_count: 'bigint',
    disabled_count: 'bigint',
    previous_dt: 'varchar',
    joined_count: 'bigint',
    left_count: 'bigint',
    admin_granted_count: 'bigint',
    admin_revoked_count: 'bigint',
  },
  missing_days: {
    dt: 'varchar',
    previous_dt: 'varchar',
    next_dt: 'varchar',
    run_count: 'bigint',
    last_status: 'varchar',
    last_message: 'varchar',
  },
  access_review: {
    ...USER,
    state: 'varchar',
    is_admin: 'boolean',
    admin_since: 'varchar',
    roles: 'varchar',
    group_names: 'varchar',
    created_at: 'timestamp(3)',
    last_active: 'timestamp(3)',
    quiet_days: 'bigint',
    first_dt: 'varchar',
    changed_dt: 'varchar',
    changes: 'varchar',
  },
};

/** The query of a view, for both Trino and DuckDB. It begins with a comment and ends without a semicolon. */
export function sqlOf(view: string): string {
  return ownText(import.meta.dirname, `${view}.sql`).trimEnd();
}

/** All views. Each comes after those that it selects from. */
export const VIEWS: readonly View[] = Object.entries(VIEW_COLUMNS).map(([name, columns]) => ({
  name,
  ...headOf(name, sqlOf(name)),
  columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
}));

/**
 * Splits the comment at the start of a query into description and example.
 * @throws Error if either is missing
 */
export function headOf(view: string, sql: string): { comment: string; example: string } {
  const [, lines = ''] = /^((?:--.*\n)+)/.exec(sql) ?? [];
  const text = lines.replaceAll(/^-- ?/gm, '').replaceAll('\n', ' ').trim();
  const [comment = '', example = ''] = text.split(' Example: ');
  if (comment === '' || example === '')
    throw new Error(`${view}.sql must begin with a comment: "-- What the view shows." and "-- Example: select …"`);
  return { comment, example };
}
