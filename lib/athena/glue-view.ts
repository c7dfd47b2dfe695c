import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import { sqlOf, type View, type ViewColumn } from '../../functions/snapshot/tables/views.ts';

/** A column's type in Hive's words, in which Glue and the console show it. */
const HIVE_TYPES: { readonly [type in ViewColumn['type']]: string } = {
  varchar: 'string',
  bigint: 'bigint',
  boolean: 'boolean',
  'timestamp(3)': 'timestamp',
  'array(varchar)': 'array<string>',
};

/**
 * A view as Athena itself would store it: its query and types, encoded inside a comment. What is wrong here shows only when the view is
 * queried: `Presto View` has to be there to the letter, and without an owner there is nobody to run it as.
 */
export function glueView(view: View, database: string): CfnTable.TableInputProperty {
  const definition = JSON.stringify({
    originalSql: sqlOf(view.name),
    catalog: 'awsdatacatalog',
    schema: database,
    columns: view.columns,
  });
  return {
    name: view.name,
    owner: 'anodot-user-snapshots',
    tableType: 'VIRTUAL_VIEW',
    // A description would count as the comment, and the table not be taken for a view.
    parameters: { presto_view: 'true', comment: 'Presto View' },
    viewOriginalText: `/* Presto View: ${Buffer.from(definition).toString('base64')} */`,
    viewExpandedText: '/* Presto View */',
    storageDescriptor: {
      columns: view.columns.map(({ name, type }) => ({ name, type: HIVE_TYPES[type] })),
      location: '',
      // An empty object would be left out of the template, and the view be unreadable.
      serdeInfo: { name: '-', serializationLibrary: '-' },
    },
  };
}
