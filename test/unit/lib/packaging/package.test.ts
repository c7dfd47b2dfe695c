import { execFile } from 'node:child_process';
import { cp, glob, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DUCKDB } from '../../../../functions/command-line/query/load-database.ts';
import { CONSTRUCT } from '../../../../lib/packaging/construct.ts';
import { publishedManifest } from '../../../../lib/packaging/manifest.ts';
import { UserSnapshots } from '../../../../lib/user-snapshots.ts';
import { shown } from '../../../support/fault-table.ts';
import { installPackage } from './installed-package.ts';

const node = (words: readonly string[], cwd: string) => promisify(execFile)(process.execPath, words, { cwd });

/** The package as published, in an app that contains only what the package declares. */
let app: string;
let installed: string;
beforeAll(async () => {
  app = await realpath(await mkdtemp(join(tmpdir(), 'app-')));
  installed = await installPackage(app);
});
afterAll(() => rm(app, { recursive: true }));

/** A stack whose declarations must name the types of everything that the construct exposes. */
const DECLARED = `import { Stack } from 'aws-cdk-lib';
import { AthenaCatalog, OnDemandApi, UserSnapshots } from 'anodot-user-snapshots';

type Members<T> = { readonly [name in keyof T]: T[name] };
const of = <T,>(one: T): Members<T> => one;

export class CompanyStack extends Stack {
  readonly snapshots = new UserSnapshots(this, 'Users', { api: 'iam' });
  readonly catalog = this.snapshots.catalog;
  readonly api = this.snapshots.api;
  readonly bucket = this.snapshots.bucket;
  readonly encryptionKey = this.snapshots.encryptionKey;
  readonly tokenSecret = this.snapshots.tokenSecret;
  readonly alarmTopic = this.snapshots.alarmTopic;
  readonly lambda = this.snapshots.function;
  readonly readerPolicy = this.snapshots.catalog?.readerPolicy;
  readonly httpApi = this.snapshots.api?.api;
  readonly alarms = this.snapshots.alarms;
  readonly noSnapshot = this.snapshots.alarms.NoSnapshot;
  readonly notify = this.snapshots.notifyOn;
  readonly users = this.snapshots.metric('Users', { label: 'users' });
  readonly all = of(this.snapshots);
}
export const propsOfCatalog = (...[, , props]: ConstructorParameters<typeof AthenaCatalog>) => props;
export const propsOfApi = (...[, , props]: ConstructorParameters<typeof OnDemandApi>) => props;
export const metricOf = (...words: Parameters<UserSnapshots['metric']>) => words;
export const propsOfUsers = (...[, , props]: ConstructorParameters<typeof UserSnapshots>) => props;
export const storeOf = (...[, , { store, network }]: ConstructorParameters<typeof OnDemandApi>) => ({ store, network });
export const baseOf = () => Object.getPrototypeOf(UserSnapshots) as new (...words: never[]) => import('anodot-user-snapshots').Installation;
`;

/** `@scope/name` of `@scope/name/path`. */
const packageOf = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;

async function importedByCode(): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: installed,
    entryPoints: ['dist/lib/user-snapshots.cjs', 'dist/command/bin.cjs'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outdir: 'unwritten',
    write: false,
    metafile: true,
  });
  return Object.values(metafile.inputs).flatMap(({ imports }) =>
    imports.filter(({ external }) => external).map(({ path }) => path),
  );
}

async function importedByTypes(): Promise<string[]> {
  const found = [];
  for await (const file of glob('dist/types/**/*.d.ts', { cwd: installed })) {
    const text = await readFile(join(installed, file), 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from |import\()["']([^."'][^"']*)["']/g)) found.push(path);
  }
  return found;
}

describe('the published package', () => {
  test('declares exactly the packages that its code imports, as dependencies or peers', async () => {
    const { dependencies, peerDependencies } = await publishedManifest();
    const imported = (await importedByCode()).filter((path) => !isBuiltin(path) && !path.startsWith('#'));
    const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    expect([...new Set(imported.map(packageOf))].sort()).toEqual(declared.sort());
  });

  test('has types that refer only to packages it declares', async () => {
    const { dependencies, peerDependencies } = await publishedManifest();
    const imported = (await importedByTypes()).map(packageOf);
    expect(imported).toContain('aws-cdk-lib');
    const declared = { ...dependencies, ...peerDependencies };
    expect(imported.filter((name) => !Object.hasOwn(declared, name))).toEqual([]);
  });

  test('names itself and its version first', async () => {
    expect(Object.keys(await publishedManifest()).slice(0, 2)).toEqual(['name', 'version']);
  });

  test('requires exact versions of its dependencies, and installs neither Node.js nor development tools', async () => {
    const manifest = await publishedManifest();
    expect(Object.values(manifest.dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    for (const name of ['devDependencies', 'optionalDependencies', 'scripts'])
      expect(manifest).not.toHaveProperty(name);
  });

  test('contains a construct that bundles no code from other packages', async () => {
    const { metafile } = await build({ ...CONSTRUCT, outfile: 'unwritten.cjs', write: false, metafile: true });
    expect(Object.keys(metafile.inputs)).toContain('lib/user-snapshots.ts');
    expect(Object.keys(metafile.inputs).filter((path) => !/^(lib|functions)\//.test(path))).toEqual([]);
  });

  test('provides the same classes to require and to import', async () => {
    const { stdout } = await node(
      [
        '--input-type=module',
        '--eval',
        `import { createRequire } from 'node:module';
         import * as imported from 'anodot-user-snapshots';
         const required = createRequire(import.meta.url)('anodot-user-snapshots');
         const names = ['AthenaCatalog', 'OnDemandApi', 'UserSnapshots'];
         console.log(names.map((name) => [name, imported[name] === required[name], required[name].name].join(' ')).join());`,
      ],
      app,
    );
    expect(stdout.trim()).toBe(
      'AthenaCatalog true AthenaCatalog,OnDemandApi true OnDemandApi,UserSnapshots true UserSnapshots',
    );
    shown(
      'C33',
      'the package is loaded by require, as Jest does in a `cdk init` app, and by import',
      `the same classes: ${stdout.trim()}`,
      '"Must use import to load ES Module"',
    );
  });

  test('exports the type of every public member, so that an app with declarations can infer them', async () => {
    await writeFile(join(app, 'company-stack.mts'), DECLARED);
    const compiler = join(import.meta.dirname, '../../../../node_modules/typescript/bin/tsc');
    const settings =
      '--ignoreConfig --declaration --emitDeclarationOnly --strict --skipLibCheck --module nodenext --target es2024';
    await node([compiler, ...settings.split(' '), '--types', '', 'company-stack.mts'], app);
    const declared = await readFile(join(app, 'company-stack.d.mts'), 'utf8');
    for (const type of ['AthenaCatalog', 'OnDemandApi', 'Installation', 'ManagedPolicy', 'SnapshotAlarms', 'Metric'])
      expect(declared).toContain(type);
    shown(
      'C34',
      'a stack with declarations that infers the type of every public member of the construct',
      'it compiles: each type is exported',
      'TS2742: the type of catalog is not exported',
    );
  });

  test('has a construct that finds its views and bundled functions, and creates the same constructs as in this project', async () => {
    const { stdout } = await node(
      [
        '--input-type=module',
        '--eval',
        `import { App, Stack } from 'aws-cdk-lib';
         import { UserSnapshots } from 'anodot-user-snapshots';
         const stack = new Stack(new App(), 'company');
         new UserSnapshots(stack, 'Users', { api: 'iam', alarmEmail: 'security@example.com' });
         console.log(stack.node.findAll().map(({ node }) => node.path).join('\\n'));`,
      ],
      app,
    );
    const stack = new Stack(new App(), 'company');
    new UserSnapshots(stack, 'Users', { api: 'iam', alarmEmail: 'security@example.com' });
    expect(stdout.trim().split('\n')).toEqual(stack.node.findAll().map(({ node }) => node.path));
  });
});

describe('the example app', () => {
  const example = join(import.meta.dirname, '../../../../docs/examples/cdk-app');
  const own = (file: string) => join(app, 'example', file);
  beforeAll(() => cp(example, own(''), { recursive: true }));

  test('compiles with its own settings for the compiler', async () => {
    const compiler = join(import.meta.dirname, '../../../../node_modules/typescript/bin/tsc');
    await expect(node([compiler, '--project', own('tsconfig.json')], app)).resolves.toMatchObject({ stdout: '' });
  });

  test('synthesizes a stack with an alarm, a notified topic, a grant and a dashboard of its own', async () => {
    const output = own('cdk.out');
    const env = { PATH: process.env['PATH'], CDK_OUTDIR: output };
    await promisify(execFile)(process.execPath, ['app.ts'], { cwd: own(''), env });
    const template = Template.fromJSON(
      JSON.parse(await readFile(join(output, 'access-records.template.json'), 'utf8')),
    );
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }, { Ref: Match.stringLikeRegexp('^Security') }],
      AlarmDescription: Match.stringLikeRegexp('#administratoradded'),
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ChangesLeft',
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Operators') }],
      TreatMissingData: 'notBreaching',
    });
    const policies = JSON.stringify(template.findResources('AWS::SNS::TopicPolicy'));
    expect(policies.match(/"Service":"cloudwatch.amazonaws.com"/g)).toHaveLength(2);
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: Match.stringLikeRegexp('^Auditors') }] });
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });
});

describe('the published command without DuckDB', () => {
  const query = (...words: string[]) =>
    node(['node_modules/anodot-user-snapshots/dist/command/bin.cjs', 'query', ...words], app);

  test('lists the tables and views', async () => {
    const { stdout } = await query('--format', 'csv');
    expect(stdout).toMatch(/^users,table,/m);
    expect(stdout).toMatch(/^current_users,view,/m);
  });

  test('refuses SQL with exit code 2 and the npm command that installs DuckDB', async () => {
    await expect(query('select 1')).rejects.toMatchObject({
      code: 2,
      stderr: `SettingsError: query requires DuckDB. Install it: npm install ${DUCKDB.name}@${DUCKDB.version}\n`,
    });
  });

  test('names the version of DuckDB in the peerDependencies and devDependencies of package.json', async () => {
    const { peerDependencies, peerDependenciesMeta } = await publishedManifest();
    const own = JSON.parse(await readFile(join(import.meta.dirname, '../../../../package.json'), 'utf8'));
    expect(peerDependencies[DUCKDB.name]).toBe(DUCKDB.version);
    expect(peerDependenciesMeta[DUCKDB.name]).toEqual({ optional: true });
    expect(own.devDependencies[DUCKDB.name]).toBe(DUCKDB.version);
  });
});
