import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { expect, test } from 'vitest';
import { UserSnapshots } from '../../../lib/user-snapshots.ts';
import { templateOf, templateWith } from '../../support/cdk/synthesis.ts';

/** The tables of permissions in docs/deploy.md list the actions that the templates grant, and no others. */

const PAGE = readFileSync(join(import.meta.dirname, '../../../docs/deploy.md'), 'utf8');

/** The actions in the tables under a heading, up to the next heading. */
function documented(heading: string): string[] {
  const [, section = ''] = PAGE.split(`\n### ${heading}\n`);
  const rows =
    section
      .split(/\n###? /)[0]
      ?.split('\n')
      .filter((line) => line.startsWith('|')) ?? [];
  const actions = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([\w-]+:[\w*]+)`/g)].map(([, name = '']) => name),
  );
  return sorted(actions);
}

const sorted = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** The actions that resources of a type whose logical id contains a name allow, at any depth. */
function granted(template: Template, type: string, name: string): string[] {
  const resources = Object.entries(template.findResources(type)).filter(([id]) => id.includes(name));
  expect(resources.length).toBeGreaterThan(0);
  return sorted(resources.flatMap(([, resource]) => actionsIn(resource)));
}

function actionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const within = Object.values(value).flatMap(actionsIn);
  if (!('Effect' in value) || value.Effect !== 'Allow' || !('Action' in value)) return within;
  const own = [value.Action].flat().filter((action) => typeof action === 'string');
  return [...own.filter((action) => action !== 'sts:AssumeRole'), ...within];
}

/** The actions that the policy of a key allows a role. */
function byKeyPolicy(key: string, role: string): string[] {
  const [one, ...others] = Object.entries(whole.findResources('AWS::KMS::Key')).filter(([id]) => id.includes(key));
  expect(others).toEqual([]);
  const statements: unknown[] = one?.[1]['Properties'].KeyPolicy.Statement;
  return statements.filter((statement) => JSON.stringify(statement).includes(role)).flatMap(actionsIn);
}

/** A key, the API, signatures and a VPC, so that every permission is granted. */
const whole = templateOf({ api: 'iam', kmsKey: 'create', sign: 'true' });
const inVpc = templateWith((stack) => {
  new UserSnapshots(stack, 'AnodotUsers', { vpc: new Vpc(stack, 'Vpc'), api: 'iam' });
});

test.each([
  ['The function take-snapshot', 'AWS::IAM::Role', 'TakeSnapshot'],
  ['The function request-snapshot', 'AWS::IAM::Role', 'RequestSnapshot'],
  ['The schedule', 'AWS::IAM::Role', 'Schedule'],
  ['Readers in Athena', 'AWS::IAM::ManagedPolicy', 'Reader'],
])('deploy.md lists under "%s" exactly what the template grants', (heading, type, name) => {
  const page = documented(heading);
  const ec2 = page.filter((action) => action.startsWith('ec2:'));
  const byKey = name === 'TakeSnapshot' ? byKeyPolicy('SigningKey', 'TakeSnapshotRole') : [];
  expect(page.filter((action) => !ec2.includes(action))).toEqual(sorted([...granted(whole, type, name), ...byKey]));
  if (ec2.length > 0) expect(granted(inVpc, type, name).filter((action) => action.startsWith('ec2:'))).toEqual(ec2);
});
