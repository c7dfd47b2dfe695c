import { describe, expect, test } from 'vitest';
import { duckType } from '../../functions/command-line/query/tables.ts';
import { KEYS, PUBLISHED_FOLDERS } from '../../functions/snapshot/contract.ts';
import { TABLES, type Table } from '../../functions/snapshot/tables/tables.ts';
import { USER_COLUMNS } from '../../functions/snapshot/user.ts';

const tableOf = (name: string): Table => {
  const table = TABLES.find((one) => one.name === name);
  if (!table) throw new Error(`there is no table ${name}`);
  return table;
};

/** The parts of JSON Schema that documents use. */
/** Hive's types of all columns, in their order. */
const COLUMNS = {
  users: {
    id: 'string',
    created_at: 'string',
    first_name: 'string',
    last_name: 'string',
    email: 'string',
    roles: 'array<string>',
    disabled: 'boolean',
    owner_organization: 'string',
    groups: 'array<string>',
    default_group: 'string',
    last_active: 'string',
    extra_json: 'string',
  },
  users_csv: {
    id: 'string',
    created_at: 'string',
    first_name: 'string',
    last_name: 'string',
    email: 'string',
    roles: 'string',
    disabled: 'string',
    owner_organization: 'string',
    groups: 'string',
    default_group: 'string',
    last_active: 'string',
    extra_json: 'string',
  },
  user_changes: {
    previous_dt: 'string',
    previous_observed_at: 'string',
    observed_at: 'string',
    id: 'string',
    email: 'string',
    change: 'string',
    before: 'string',
    after: 'string',
  },
  groups: {
    id: 'string',
    name: 'string',
    created_at: 'string',
    modified_at: 'string',
  },
  snapshots: {
    schema_version: 'bigint',
    dt: 'string',
    commit: 'bigint',
    run_id: 'string',
    trigger: 'string',
    scheduled_at: 'string',
    observed_at: 'string',
    published_at: 'string',
    source: 'string',
    owner_organization: 'string',
    user_count: 'bigint',
    admin_count: 'bigint',
    states: 'struct<active:bigint,dormant:bigint,new:bigint,never_active:bigint,disabled:bigint>',
    roles: 'map<string,bigint>',
    previous_dt: 'string',
    changes:
      'struct<joined:bigint,left:bigint,disabled:bigint,enabled:bigint,admin_granted:bigint,admin_revoked:bigint,role_added:bigint,role_removed:bigint,group_added:bigint,group_removed:bigint,default_group_changed:bigint,email_changed:bigint,name_changed:bigint>',
    present: 'map<string,bigint>',
    drift:
      'struct<unknown_fields:array<string>,unknown_roles:array<string>,aliases:array<string>,missing_fields:array<string>,invalid_fields:array<string>,invalid_values:bigint,duplicates:bigint,lone_surrogates:bigint>',
    csv_cells_altered: 'bigint',
    groups: 'string',
    objects: 'array<struct<kind:string,key:string,bytes:bigint,sha256:string,rows:bigint>>',
    program_version: 'string',
    request: 'struct<method:string,path:string,parameters:map<string,string>>',
    response: 'struct<status:bigint,date:string,bytes:bigint,sha256:string>',
    token: 'struct<kind:string,secret_version:string>',
    groups_received:
      'struct<request:struct<method:string,path:string,parameters:map<string,string>>,response:struct<status:bigint,date:string,bytes:bigint,sha256:string>,token:struct<kind:string,secret_version:string>>',
    host: 'struct<kind:string,function_version:string,memory_mb:bigint>',
  },
  snapshot_runs: {
    run_id: 'string',
    dt: 'string',
    trigger: 'string',
    started_at: 'string',
    expires_at: 'string',
    ended_at: 'string',
    status: 'string',
    code: 'bigint',
    message: 'string',
    raw_key: 'string',
    commit: 'bigint',
    commit_sha256: 'string',
  },
};

describe('table definitions', () => {
  test.each(Object.entries(COLUMNS))(
    'the table %s has the recorded columns, which queries and dashboards rely on',
    (name, types) => {
      expect(Object.fromEntries(tableOf(name).columns.map((column) => [column.name, column.type]))).toEqual(types);
      expect(tableOf(name).columns.map((column) => column.name)).toEqual(Object.keys(types));
    },
  );

  test.each(['users', 'users_csv'])(
    'the table %s has the columns of a published row in the order they are written',
    (name) => {
      expect(tableOf(name).columns.map((column) => column.name)).toEqual(USER_COLUMNS);
    },
  );

  test('each table reads the folder its objects are published to, and every published folder has a table', () => {
    const dt = '2026-11-23';
    const keys = [
      ['users', KEYS.json(dt)],
      ['users_csv', KEYS.csv(dt)],
      ['user_changes', KEYS.changes(dt)],
      ['groups', KEYS.groups(dt)],
      ['snapshots', KEYS.manifest(dt)],
      ['snapshot_runs', KEYS.run('run')],
    ] as const;
    expect(TABLES.map(({ name }) => name)).toEqual(keys.map(([name]) => name));
    for (const [name, key] of keys) {
      const { folder, partitioned } = tableOf(name);
      expect(key.slice(0, key.lastIndexOf('/') + 1)).toBe(partitioned ? `${folder}dt=${dt}/` : folder);
    }
    for (const folder of PUBLISHED_FOLDERS) expect(TABLES.some((table) => table.folder.startsWith(folder))).toBe(true);
  });

  test('a partitioned table has dt as its partition key and not as a column, which Athena would reject', () => {
    for (const { partitioned, columns } of TABLES) {
      if (partitioned) expect(columns.map(({ name }) => name)).not.toContain('dt');
      else expect(columns).toContainEqual({ name: 'dt', type: 'string' });
    }
  });

  test('the CSV table has only text columns, because Athena fails on an empty cell of another type', () => {
    const types = TABLES.filter(({ format }) => format === 'csv').flatMap(({ columns }) =>
      columns.map(({ type }) => type),
    );
    expect([...new Set(types)]).toEqual(['string']);
  });
});

test.each([
  ['map<string,bigint>', 'MAP(VARCHAR, BIGINT)'],
  [
    'array<struct<key:string,bytes:bigint,names:array<string>>>',
    'STRUCT("key" VARCHAR, "bytes" BIGINT, "names" VARCHAR[])[]',
  ],
  ['struct<a:map<string,bigint>,b:struct<c:boolean>>', 'STRUCT("a" MAP(VARCHAR, BIGINT), "b" STRUCT("c" BOOLEAN))'],
])('the Hive type %s is %s in DuckDB', (hive, duck) => {
  expect(duckType(hive)).toBe(duck);
});
