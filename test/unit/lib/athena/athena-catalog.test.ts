import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { TABLES } from '../../../../functions/snapshot/tables/tables.ts';
import { sqlOf, VIEWS } from '../../../../functions/snapshot/tables/views.ts';
import { USER_COLUMNS } from '../../../../functions/snapshot/user.ts';
import { type TableInput, tableOf, tablesOf, templateOf } from '../../../support/cdk/catalog-template.ts';

const NAMES = ['users', 'users_csv', 'user_changes', 'groups', 'snapshots', 'snapshot_runs'];
const VIEW_NAMES = [
  ...['current_users', 'current_admins', 'dormant_users', 'never_active_users', 'user_history', 'admin_history'],
  ...['daily_counts', 'missing_days', 'access_review'],
];

/** With default options. */
const plain = templateOf();

const projectionOf = ({ Parameters }: TableInput) =>
  Object.fromEntries(Object.entries(Parameters).filter(([name]) => /^(projection|storage)\./.test(name)));

describe('the tables of the catalog', () => {
  test('are six, in one database with nine views', () => {
    plain.resourceCountIs('AWS::Glue::Database', 1);
    plain.hasResourceProperties('AWS::Glue::Database', {
      CatalogId: { Ref: 'AWS::AccountId' },
      DatabaseInput: { Name: 'anodot_users' },
    });
    const tables = tablesOf(plain);
    expect(tables.map(({ Properties }) => Properties.TableInput.Name)).toEqual([...NAMES, ...VIEW_NAMES]);
    expect(new Set(tables.map(({ Properties }) => Properties.DatabaseName))).toEqual(new Set(['anodot_users']));
  });

  test.each(TABLES)('include $name, with the columns and the location of its objects', ({ name, columns, folder }) => {
    const table = tableOf(plain, name);
    expect(table.TableType).toBe('EXTERNAL_TABLE');
    expect(table.StorageDescriptor.Columns.map((column) => [column.Name, column.Type])).toEqual(
      columns.map((column) => [column.name, column.type]),
    );
    expect(table.StorageDescriptor.Location).toBe(`s3://people/${folder}`);
  });

  test('of users have the columns of a row in order, and dt as the partition key', () => {
    for (const name of ['users', 'users_csv']) {
      const { StorageDescriptor, PartitionKeys } = tableOf(plain, name);
      expect(StorageDescriptor.Columns.map(({ Name }) => Name)).toEqual([...USER_COLUMNS]);
      expect(PartitionKeys).toMatchObject([{ Name: 'dt', Type: 'string' }]);
    }
  });

  test.each([
    ['users', 'users/json/'],
    ['users_csv', 'users/csv/'],
    ['user_changes', 'changes/'],
    ['groups', 'groups/json/'],
  ])('project the partitions of %s from dates, as far back as users are kept', (name, folder) => {
    for (const retentionDays of [400, 30])
      expect(projectionOf(tableOf(templateOf({ retentionDays }), name))).toEqual({
        'projection.enabled': 'true',
        'projection.dt.type': 'date',
        'projection.dt.format': 'yyyy-MM-dd',
        'projection.dt.range': `NOW-${retentionDays}DAYS,NOW`,
        'projection.dt.interval': '1',
        'projection.dt.interval.unit': 'DAYS',
        'storage.location.template': `s3://people/${folder}dt=$\{dt}/`,
      });
  });

  test.each(['snapshots', 'snapshot_runs'])('are not partitioned for %s, which has dt as a column', (name) => {
    const table = tableOf(plain, name);
    expect(projectionOf(table)).toEqual({});
    expect(table.PartitionKeys).toBeUndefined();
    expect(table.StorageDescriptor.Columns.map(({ Name }) => Name)).toContain('dt');
  });

  test("are located under the store's prefix if it has one", () => {
    const below = templateOf({ prefix: 'audit/anodot' });
    const table = tableOf(below, 'users');
    expect(table.StorageDescriptor.Location).toBe('s3://people/audit/anodot/users/json/');
    expect(projectionOf(table)).toMatchObject({
      'storage.location.template': `s3://people/audit/anodot/users/json/dt=$\{dt}/`,
    });
    expect(tableOf(below, 'snapshots').StorageDescriptor.Location).toBe('s3://people/audit/anodot/manifests/');
  });

  test('are read as strict JSON, or as CSV without its header and with an escape character that no name contains', () => {
    const csv = tableOf(plain, 'users_csv');
    expect(csv.Parameters['skip.header.line.count']).toBe('1');
    expect(csv.StorageDescriptor.SerdeInfo).toEqual({
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
      Parameters: { separatorChar: ',', quoteChar: '"', escapeChar: '\u007f' },
    });
    for (const name of NAMES.filter((other) => other !== 'users_csv')) {
      const json = tableOf(plain, name);
      expect(json.Parameters['skip.header.line.count']).toBeUndefined();
      expect(json.StorageDescriptor.SerdeInfo).toEqual({
        SerializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe',
      });
    }
  });
});

const DEFINITION = z.strictObject({
  originalSql: z.string(),
  catalog: z.string(),
  schema: z.string(),
  columns: z.array(z.strictObject({ name: z.string(), type: z.string() })),
});

function definitionOf({ ViewOriginalText = '' }: TableInput) {
  const [, encoded = ''] = /^\/\* Presto View: ([A-Za-z0-9+/]+=*) \*\/$/.exec(ViewOriginalText) ?? [];
  return DEFINITION.parse(JSON.parse(Buffer.from(encoded, 'base64').toString()));
}

describe('the views of the catalog', () => {
  test.each(VIEWS)('include $name, with the exact text of its file and its column types', ({ name, columns }) => {
    expect(definitionOf(tableOf(templateOf({ database: 'access_of_people' }), name))).toEqual({
      originalSql: sqlOf(name),
      catalog: 'awsdatacatalog',
      schema: 'access_of_people',
      columns,
    });
  });

  test.each(VIEW_NAMES)(
    'include %s in the form that Athena recognizes as a view, with an owner to run it as',
    (name) => {
      const view = tableOf(plain, name);
      expect(view.TableType).toBe('VIRTUAL_VIEW');
      expect(view.Parameters).toEqual({ presto_view: 'true', comment: 'Presto View' });
      expect(view.Description).toBeUndefined();
      expect(view.ViewExpandedText).toBe('/* Presto View */');
      expect(view.Owner).toMatch(/./);
      expect(view.StorageDescriptor.SerdeInfo).toEqual({ Name: '-', SerializationLibrary: '-' });
    },
  );

  test('list their columns with Hive type names', () => {
    const hive: { readonly [trino: string]: string } = {
      varchar: 'string',
      bigint: 'bigint',
      boolean: 'boolean',
      'timestamp(3)': 'timestamp',
      'array(varchar)': 'array<string>',
    };
    for (const { name, columns } of VIEWS)
      expect(tableOf(plain, name).StorageDescriptor.Columns).toEqual(
        columns.map((column) => ({ Name: column.name, Type: hive[column.type] })),
      );
  });

  test('are created after the database, the tables and the views they select from', () => {
    const tables = tablesOf(plain);
    const allBefore = (id: string): string[] =>
      tables
        .filter((table) => table.id === id)
        .flatMap(({ DependsOn }) => [...DependsOn, ...DependsOn.flatMap((other) => allBefore(other))]);
    for (const { id, Properties } of tables) {
      const name = Properties.TableInput.Name;
      const made = new Set(allBefore(id));
      expect(made).toContain('AthenaDatabaseD90B8C9D');
      if (!VIEW_NAMES.includes(name)) continue;
      const sql = sqlOf(name).replaceAll(/--.*/g, '');
      const read = tables.filter(({ Properties: other }) =>
        new RegExp(`\\b(from|join) ${other.TableInput.Name}\\b`).test(sql),
      );
      expect(read).not.toEqual([]);
      expect(read.filter((other) => !made.has(other.id))).toEqual([]);
    }
  });
});
