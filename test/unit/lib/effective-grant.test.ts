import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AccountPrincipal,
  AnyPrincipal,
  ArnPrincipal,
  CompositePrincipal,
  Group,
  type IGrantable,
  ManagedPolicy,
  OrganizationPrincipal,
  PrincipalWithConditions,
  Role,
  ServicePrincipal,
  SessionTagsPrincipal,
  User,
} from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { CONTEXT } from '../../support/cdk/synthesis.ts';
import { shown } from '../../support/fault-table.ts';

const ENV = { account: '111111111111', region: 'eu-central-1' };
const ROLE = 'arn:aws:iam::111111111111:role/auditors';
const OTHERS_ROLE = 'arn:aws:iam::222222222222:role/auditors';
const CONDITIONS = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const service = new ServicePrincipal('ec2.amazonaws.com');

function newUsers() {
  const app = new App({ context: CONTEXT });
  const stack = new Stack(app, 'company', { env: ENV });
  return { app, stack, users: new UserSnapshots(stack, 'Users', { api: 'iam' }) };
}

const IGNORED: [string, (stack: Stack, app: App, users: UserSnapshots) => IGrantable][] = [
  ['an ArnPrincipal', () => new ArnPrincipal(ROLE)],
  ['an AccountPrincipal', () => new AccountPrincipal(ENV.account)],
  ['an AccountPrincipal of another account', () => new AccountPrincipal('222222222222')],
  ['a ServicePrincipal', () => service],
  ['an OrganizationPrincipal', () => new OrganizationPrincipal('o-a1b2c3d4e5')],
  ['a CompositePrincipal', () => new CompositePrincipal(service, new ArnPrincipal(ROLE))],
  ['an AnyPrincipal', () => new AnyPrincipal()],
  ['an imported role with mutable: false', (stack) => Role.fromRoleArn(stack, 'Given', ROLE, { mutable: false })],
  [
    'an imported role with mutable: false, with session tags',
    (stack) => new SessionTagsPrincipal(Role.fromRoleArn(stack, 'Given', ROLE, { mutable: false })),
  ],
  [
    'an imported role with mutable: false, with conditions',
    (stack) => new PrincipalWithConditions(Role.fromRoleArn(stack, 'Given', ROLE, { mutable: false }), CONDITIONS),
  ],
  [
    'a role without policy updates, with conditions and session tags',
    (stack) =>
      new SessionTagsPrincipal(
        new PrincipalWithConditions(new Role(stack, 'Own', { assumedBy: service }).withoutPolicyUpdates(), CONDITIONS),
      ),
  ],
  [
    'an imported role of another account, with session tags',
    (stack) => new SessionTagsPrincipal(Role.fromRoleArn(stack, 'Given', OTHERS_ROLE)),
  ],
  ['an ArnPrincipal with conditions', () => new ArnPrincipal(ROLE).withConditions(CONDITIONS)],
  ['a role without policy updates', (stack) => new Role(stack, 'Own', { assumedBy: service }).withoutPolicyUpdates()],
  ['an imported role of another account', (stack) => Role.fromRoleArn(stack, 'Given', OTHERS_ROLE)],
  [
    "a role of another account's stack",
    (_, app) => {
      const other = new Stack(app, 'other', { env: { ...ENV, account: '222222222222' } });
      return new Role(other, 'Reader', { assumedBy: service, roleName: 'reader' });
    },
  ],
  [
    'an imported function',
    (stack) => LambdaFunction.fromFunctionArn(stack, 'F', 'arn:aws:lambda:eu-central-1:111111111111:function:f'),
  ],
  ['the function itself', (_stack, _app, users) => users.function],
];

test.each(IGNORED)('nothing can be granted to %s, and the error says what to do instead', (name, granteeIn) => {
  const { stack, app, users } = newUsers();
  const grantee = granteeIn(stack, app, users);
  expect(() => users.catalog?.grantQuery(grantee)).toThrow(
    /^nothing was granted to .+: .+\. Grant it to a role of this app, or attach `catalog\.readerPolicy`/,
  );
  expect(() => users.api?.grantInvoke(grantee)).toThrow(/^nothing was granted to .+, or allow it `execute-api:Invoke`/);
  shown(
    'C32',
    `grantQuery and grantInvoke to ${name}`,
    'an error that names the principal and says what to do instead',
    'nothing was granted, silently',
  );
});

const GRANTED: [string, (stack: Stack) => IGrantable][] = [
  ['a role', (stack) => new Role(stack, 'R', { assumedBy: service })],
  ['a role with session tags', (stack) => new SessionTagsPrincipal(new Role(stack, 'R', { assumedBy: service }))],
  [
    'a role with conditions',
    (stack) => new PrincipalWithConditions(new Role(stack, 'R', { assumedBy: service }), CONDITIONS),
  ],
  ['an imported role of the same account', (stack) => Role.fromRoleArn(stack, 'R', ROLE)],
  ['a user', (stack) => new User(stack, 'U')],
  ['a group', (stack) => new Group(stack, 'G')],
  ['a managed policy', (stack) => new ManagedPolicy(stack, 'P')],
];

test.each(GRANTED)('a policy grants queries and the API to %s', (name, granteeIn) => {
  const { stack, users } = newUsers();
  const grantee = granteeIn(stack);
  users.catalog?.grantQuery(grantee);
  users.api?.grantInvoke(grantee);
  const template = Template.fromStack(stack);
  const types = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
    Object.values(template.findResources(type)),
  );
  const granting = types.filter((one) => JSON.stringify(one).includes('execute-api:Invoke'));
  expect(granting).toHaveLength(1);
  expect(JSON.stringify(granting)).toContain('athena:StartQueryExecution');
  shown('C32', `grantQuery and grantInvoke to ${name}`, 'granted by a policy');
});
