import { Aws, Stack } from 'aws-cdk-lib';
import { CfnNamedQuery, type CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { type Grant, type IGrantable, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { sqlOf, VIEWS } from '../../functions/snapshot/tables/views.ts';
import { accept, wildcard } from '../nag.ts';
import { keyPrefixOf, type SnapshotStore } from '../store-access.ts';
import { glueTable } from './glue-table.ts';
import { glueView } from './glue-view.ts';
import { validateOneDatabase } from './one-database.ts';
import { grantQuery, type Queried, wildcardsOf } from './query-grant.ts';
import { athenaWorkgroup } from './workgroup.ts';

export interface AthenaCatalogProps {
  /** Name of the Glue database and of the workgroup. It must be a literal, unique in the account and region. */
  readonly database: string;
  /** The snapshots. Their KMS key, if there is one, also encrypts query results. Otherwise Athena uses its own key. */
  readonly store: SnapshotStore;
  /** Number of days that the tables cover. */
  readonly retentionDays: number;
}

/**
 * Tables and views of the store in Athena, a workgroup in which to query them, and the views' queries, saved in the workgroup. Nothing has
 * to be registered after deployment: a new day is found by its date.
 */
export class AthenaCatalog extends Construct {
  /**
   * Name of the Glue database.
   * @example 'anodot_users'
   */
  readonly databaseName: string;
  /**
   * Name of the Athena workgroup, which is that of the database.
   * @example 'anodot_users'
   */
  readonly workgroupName: string;
  /**
   * Managed policy that allows the same as `grantQuery`, for users, groups and roles outside this app.
   * @example new CfnOutput(this, 'Readers', { value: snapshots.catalog.readerPolicy.managedPolicyArn })
   */
  readonly readerPolicy: ManagedPolicy;
  readonly #props: AthenaCatalogProps;

  constructor(scope: Construct, id: string, props: AthenaCatalogProps) {
    super(scope, id);
    this.databaseName = props.database;
    this.workgroupName = props.database;
    this.#props = props;
    validateOneDatabase(this, (node) => node instanceof AthenaCatalog);
    const views = this.#addViews(this.#addTables());
    const workgroup = athenaWorkgroup(this, this.workgroupName, props.store.encryptionKey);
    this.#addSavedQueries(workgroup, views);
    this.readerPolicy = this.#addReaderPolicy();
  }

  /**
   * Allows a principal of the same account to query all tables and views. In the bucket it can read the folders of the tables only, and
   * neither raw responses nor commits.
   * @param grantee a role, user, group or managed policy of this app
   * @throws Error for a principal whose policies this app can't change, such as an `ArnPrincipal`
   * @example snapshots.catalog?.grantQuery(auditors)
   */
  grantQuery(grantee: IGrantable): Grant {
    return grantQuery(grantee, Stack.of(this), this.#queried);
  }

  get #queried(): Queried {
    return { database: this.databaseName, workgroup: this.workgroupName, store: this.#props.store };
  }

  #addReaderPolicy(): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'Readers', {
      // Changing it would replace the policy, and so detach it from every reader.
      description: `Query who has access to the Anodot account, in the Athena workgroup ${this.workgroupName}`,
    });
    this.grantQuery(policy);
    const { tables, objects } = wildcardsOf(Stack.of(this), this.#queried);
    accept(
      policy,
      wildcard(this, '*'),
      'Athena has no narrower resource for listing the names of workgroups and catalogs.',
    );
    accept(policy, wildcard(this, tables), 'All tables and views of this database.');
    for (const arn of objects)
      accept(policy, wildcard(this, arn), 'The objects of one table, whose keys contain dates.');
    return policy;
  }

  #addTables(): CfnTable[] {
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.databaseName, description: 'Users of the Anodot account, by day' },
    });
    const { store } = this.#props;
    const root = `s3://${store.bucket.bucketName}/${keyPrefixOf(store)}`;
    return TABLES.map((table) => this.#addTable(glueTable(table, root, this.#props.retentionDays), [database]));
  }

  /** Views depend on the tables and on the views they select from. */
  #addViews(tables: readonly CfnTable[]): CfnTable[] {
    const views: CfnTable[] = [];
    for (const view of VIEWS) {
      const before = views.at(-1);
      views.push(this.#addTable(glueView(view, this.databaseName), before ? [before] : tables));
    }
    return views;
  }

  #addTable(tableInput: CfnTable.TableInputProperty, after: readonly (CfnDatabase | CfnTable)[]): CfnTable {
    const id = `Table-${tableInput.name}`;
    const table = new CfnTable(this, id, { catalogId: Aws.ACCOUNT_ID, databaseName: this.databaseName, tableInput });
    for (const one of after) table.addResourceDependency(one);
    return table;
  }

  #addSavedQueries(workgroup: CfnWorkGroup, views: readonly CfnTable[]): void {
    for (const { name, comment } of VIEWS) {
      const query = new CfnNamedQuery(this, `Query-${name}`, {
        name,
        description: comment,
        database: this.databaseName,
        workGroup: this.workgroupName,
        queryString: sqlOf(name),
      });
      query.addResourceDependency(workgroup);
      for (const view of views) query.addResourceDependency(view);
    }
  }
}
