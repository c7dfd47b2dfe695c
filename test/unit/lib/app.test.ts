import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { newApp } from '../../../lib/new-app.ts';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { CONTEXT, newEmptyApp, templateOf } from '../../support/cdk/synthesis.ts';
import recorded from './logical-ids.json' with { type: 'json' };

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const EVERY_OPTION = {
  anodotUrl: 'https://anodot.example.com',
  allowOtherHost: 'true',
  tokenSecret: 'anodot/token',
  prefix: 'access/prod',
  kmsKey: 'create',
  formats: 'json',
  dailyAtUtc: '03:30',
  api: 'iam',
  alarmEmail: 'security@example.com',
  retentionDays: '800',
  rawRetentionDays: '30',
  maxDropPercent: '20',
  allowEmpty: 'true',
  keepRaw: 'true',
  reservedConcurrency: '2',
  memorySize: '512',
  timeoutSeconds: '600',
  athenaDatabase: 'access',
};
const ADOPTED = { bucketName: 'company', kmsKey: KEY, tokenSecret: 'anodot/token', athena: 'false' };
const appWith = (context: object) => newApp({ context: { ...CONTEXT, ...context } });

/** A company's own app, in a VPC. */
function companyApp(): App {
  const app = newEmptyApp();
  const stack = new Stack(app, 'company');
  new UserSnapshots(stack, 'Users', { api: 'iam', vpc: Vpc.fromVpcAttributes(stack, 'Vpc', VPC) });
  return app;
}
const VPC = { vpcId: 'vpc-1', availabilityZones: ['eu-central-1a'], privateSubnetIds: ['subnet-1'] };

/** What cdk-nag finds in an app, `rule path`: with what was accepted, or as if nothing were. */
function findings(app: App, { accepted }: { readonly accepted: boolean }): string[] {
  const packs: NagPack[] = [new AwsSolutionsChecks(app), new ServerlessChecks(app)];
  return packs.flatMap((pack) => {
    if (!accepted) Object.defineProperty(pack, 'isAcknowledged', { value: () => false });
    return pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      );
  });
}

/** What is accepted in an app, `rule path`. */
const acceptedIn = (app: App): string[] =>
  app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.keys(data).map((rule) => `${rule.replace(/^annotation::/i, '')} ${node.path}`)),
    );

test.each([
  ['default settings', () => appWith({})],
  ['every option', () => appWith(EVERY_OPTION)],
  ['a bucket, a key and a secret that exist', () => appWith(ADOPTED)],
  ['a VPC', companyApp],
])('with %s nothing is found, and all that is accepted would be', (_, make) => {
  const app = make();
  expect(findings(app, { accepted: true })).toEqual([]);
  const found = findings(app, { accepted: false });
  const accepted = acceptedIn(app);
  expect(accepted.length).toBeGreaterThan(3);
  for (const one of accepted) expect(found.filter((finding) => finding.startsWith(one))).not.toEqual([]);
});

test('a finding fails synth', () => {
  const app = appWith({});
  new Topic(app.node.findChild('anodot-user-snapshots'), 'Open');
  expect(() => app.synth()).toThrow('AwsSolutions-SNS3');
});

/** Runs the app as CDK's command line does. */
async function runApp(context: object) {
  const folder = await mkdtemp(join(tmpdir(), 'cdk-'));
  const env = {
    PATH: process.env['PATH'],
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...CONTEXT, ...context }),
  };
  const cwd = join(import.meta.dirname, '../../..');
  const { stderr } = await promisify(execFile)(process.execPath, ['lib/app.ts'], { cwd, env });
  return { folder, stderr };
}

test('with no setting at all the app makes the stack, needs no network, and says that nobody is told of alarms', async () => {
  const { folder } = await runApp({});
  const template: unknown = JSON.parse(await readFile(join(folder, 'anodot-user-snapshots.template.json'), 'utf8'));
  expect(template).toHaveProperty('Resources');
  expect(await readFile(join(folder, 'anodot-user-snapshots.metadata.json'), 'utf8')).toMatch(
    /"type": "aws:cdk:info",\s+"data": "Nobody is told/,
  );
});

test('bad settings end the app with what is bad, and no stack trace', async () => {
  const failed = runApp({ retentionDay: 3 });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr:
      'mend the CDK context (-c KEY=VALUE, or cdk.json):\n' +
      '- retentionDay: there is no such setting. Did you mean retentionDays?\n',
  });
});

test('the logical ids are the recorded ones: another would replace what a company has', () => {
  const template = templateOf({ kmsKey: 'create', api: 'iam' });
  const types = Object.entries<{ Type: string }>(template.toJSON()['Resources']).map(([id, { Type }]) => [id, Type]);
  expect(Object.fromEntries(types)).toEqual(recorded);
});

test('the outputs name what was made, and the commands that store the token and take a snapshot', () => {
  const outputs = templateOf().toJSON()['Outputs'];
  const text = (name: string) => JSON.stringify(outputs[name].Value);
  for (const name of ['BucketName', 'FunctionName', 'AlarmTopicArn']) expect(outputs[name].Value).toHaveProperty('Ref');
  expect(text('StoreToken')).toMatch(
    /aws secretsmanager put-secret-value --region .*--secret-id .*TokenSecret.* --secret-string file:\/\/\/dev\/stdin/,
  );
  expect(text('TakeSnapshot')).toMatch(
    /aws lambda invoke --region .* --function-name .*TakeSnapshotFunction.* \/dev\/stdout/,
  );
});

test('two stacks can be deployed side by side, under names of their own', () => {
  const [stack] = appWith({ stackName: 'anodot-staging' }).synth().stacks;
  expect(stack?.stackName).toBe('anodot-staging');
  expect(JSON.stringify(stack?.template)).toContain('"SNAPSHOT_INSTANCE":"anodot-staging-UserSnapshots-');
});
