import { type App, Stack, Validations } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { newApp } from '../../../lib/new-app.ts';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { CONTEXT, KEY_ARN, newEmptyApp } from '../../support/cdk/synthesis.ts';

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
  sign: 'true',
  earlierKeys: 'a1'.repeat(32),
  signedFrom: '42',
  maxTokenAgeDays: '30',
  retentionDays: '800',
  rawRetentionDays: '30',
  breakGlassRole: 'arn:aws:iam::123456789012:role/SnapshotRecovery',
  maxDropPercent: '20',
  allowEmpty: 'true',
  keepRaw: 'true',
  reservedConcurrency: '2',
  memorySize: '512',
  timeoutSeconds: '600',
  athenaDatabase: 'access',
};
const ADOPTED = { bucketName: 'company', kmsKey: KEY_ARN, tokenSecret: 'anodot/token', athena: 'false' };
const appWith = (context: object) => newApp({ context: { ...CONTEXT, ...context } });

/** A company's own app, in a VPC. */
function companyApp(): App {
  const app = newEmptyApp();
  const stack = new Stack(app, 'company');
  new UserSnapshots(stack, 'Users', { api: 'iam', vpc: Vpc.fromVpcAttributes(stack, 'Vpc', VPC) });
  return app;
}
const VPC = { vpcId: 'vpc-1', availabilityZones: ['eu-central-1a'], privateSubnetIds: ['subnet-1'] };

/** What cdk-nag finds in an app, as `rule path`, without or with the accepted findings. */
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

/** What is accepted in an app, as `rule path`. */
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
  ['an existing bucket, key and secret', () => appWith(ADOPTED)],
  ['a VPC', companyApp],
])('with %s cdk-nag finds nothing, and every accepted finding is one that it would otherwise report', (_, make) => {
  const app = make();
  expect(findings(app, { accepted: true })).toEqual([]);
  const found = findings(app, { accepted: false });
  const accepted = acceptedIn(app);
  expect(accepted.length).toBeGreaterThan(3);
  for (const one of accepted) expect(found.filter((finding) => finding.startsWith(one))).not.toEqual([]);
});

test('a finding of cdk-nag fails synth', () => {
  const app = appWith({});
  new Topic(app.node.findChild('anodot-user-snapshots'), 'Open');
  expect(() => app.synth()).toThrow('AwsSolutions-SNS3');
});

test('stackName names the stack and its instance, so that two can be deployed side by side', () => {
  const [stack] = appWith({ stackName: 'anodot-staging' }).synth().stacks;
  expect(stack?.stackName).toBe('anodot-staging');
  expect(JSON.stringify(stack?.template)).toContain('"SNAPSHOT_INSTANCE":"anodot-staging-UserSnapshots-');
});
