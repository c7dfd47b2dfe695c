import { Aws, Stack, Token } from 'aws-cdk-lib';
import { CfnNamedQuery, type CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { type Grant, type IGrantable, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { sqlOf, VIEWS } from '../../functions/snapshot/tables/views.ts';
import { accept, wildcard } from '../nag.ts';
import { glueTable } from './glue-table.ts';
import { glueView } from './glue-view.ts';
import { grantQuery, type Queried, wildcardsOf } from './query-grant.ts';
import { athenaWorkgroup } from './workgroup.ts';

export const DEFAULT_DATABASE = 'anodot_users';

export interface AthenaCatalogProps {
  /**
   * Name of the Glue database and of the workgroup, so one an account and region. Literal; a-z, 0-9 and `_`.
   * @default 'anodot_users'
   */
  readonly database?: string;
  readonly bucket: IBucket;
  /** Of the store in the bucket, `a/b`; empty for none. */
  readonly prefix: string;
  /** How many days before today the tables look for. */
  readonly retentionDays: number;
  /** The bucket's key, with which query results are encrypted as well. Without it Athena uses a key of its own. */
  readonly encryptionKey?: IKey | undefined;
}

/**
 * The store as tables and views in Athena, a workgroup to query them in, and the views' queries saved there. All of it is there once it
 * is deployed, and a new day is found by its date.
 */
export class AthenaCatalog extends Construct {
  readonly databaseName: string;
  readonly workgroupName: string;
  /** What `grantQuery` gives, as a policy to attach to users, groups and roles that are no part of an app. */
  readonly readerPolicy: ManagedPolicy;
  readonly #props: AthenaCatalogProps;
  /** Of the store's keys: empty, or with a slash at its end. */
  readonly #prefix: string;

  constructor(scope: Construct, id: string, props: AthenaCatalogProps) {
    super(scope, id);
    this.databaseName = nameOf(props);
    this.workgroupName = this.databaseName;
    this.#props = props;
    this.#prefix = props.prefix === '' ? '' : `${props.prefix}/`;
    this.node.addValidation({ validate: () => this.#clashes() });
    const views = this.#addViews(this.#addTables());
    const workgroup = athenaWorkgroup(this, this.workgroupName, props.encryptionKey);
    this.#addSavedQueries(workgroup, views);
    this.readerPolicy = this.#addReaderPolicy();
  }

  /**
   * Lets somebody of the same account query all tables and views. Of the bucket it opens the tables' folders alone: neither the answers as
   * they came nor the commits.
   */
  grantQuery(grantee: IGrantable): Grant {
    return grantQuery(grantee, Stack.of(this), this.#queried);
  }

  get #queried(): Queried {
    return {
      database: this.databaseName,
      workgroup: this.workgroupName,
      bucket: this.#props.bucket,
      prefix: this.#prefix,
      encryptionKey: this.#props.encryptionKey,
    };
  }

  #addReaderPolicy(): ManagedPolicy {
    const policy = new ManagedPolicy(this, 'Readers', {
      description: `Query who has access to the Anodot account, in the Athena workgroup ${this.workgroupName}`,
    });
    this.grantQuery(policy);
    const { tables, objects } = wildcardsOf(Stack.of(this), this.#queried);
    accept(
      policy,
      wildcard(this, '*'),
      'For the names of workgroups and catalogues Athena knows no narrower resource.',
    );
    accept(policy, wildcard(this, tables), 'All tables and views of the one database.');
    for (const arn of objects) accept(policy, wildcard(this, arn), 'The objects of one table, whose keys hold dates.');
    return policy;
  }

  #addTables(): CfnTable[] {
    const database = new CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.databaseName, description: 'Who has access to the Anodot account, day by day' },
    });
    const root = `s3://${this.#props.bucket.bucketName}/${this.#prefix}`;
    return TABLES.map((table) => this.#addTable(glueTable(table, root, this.#props.retentionDays), [database]));
  }

  /** Each behind the tables, and behind the views that it may read. */
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

  /** There can be one database and one workgroup of a name. The whole app is looked at, but for places that are known to be others. */
  #clashes(): string[] {
    const others = this.node.root.node.findAll().filter((other) => other instanceof AthenaCatalog && other !== this);
    return others.some((other) => other instanceof AthenaCatalog && this.#clashesWith(other))
      ? [`athenaDatabase: "${this.databaseName}" is the name of two databases in this app. Name one of them otherwise`]
      : [];
  }

  #clashesWith(other: AthenaCatalog): boolean {
    const apart = (a: string, b: string) => !Token.isUnresolved(a) && !Token.isUnresolved(b) && a !== b;
    const [mine, theirs] = [Stack.of(this), Stack.of(other)];
    if (apart(mine.account, theirs.account) || apart(mine.region, theirs.region)) return false;
    return this.databaseName === other.databaseName;
  }
}

/** An account has them already: databases of Glue and of SQL, and Athena's own workgroup. */
const TAKEN = ['default', 'information_schema', 'primary'];

/** @throws Error where Glue, Athena or SQL would not take the name as it stands */
function nameOf({ database = DEFAULT_DATABASE }: AthenaCatalogProps): string {
  if (Token.isUnresolved(database) || !/^[a-z][a-z0-9_]{0,127}$/.test(database))
    throw new Error(`athenaDatabase: "${database}" is no name. Give at most 128 of a-z, 0-9 and _, a letter first`);
  if (TAKEN.includes(database))
    throw new Error(`athenaDatabase: "${database}" is taken in every account. Give another`);
  return database;
}
