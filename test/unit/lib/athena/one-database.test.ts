import { App, Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { addCatalog } from '../../../support/cdk/catalog-template.ts';
import { shown } from '../../../support/fault-table.ts';

interface Place {
  readonly account: string;
  readonly region: string;
}

/** A stack with a catalog. */
function addStack(scope: Construct, id: string, database = 'anodot_users', env?: Place): void {
  addCatalog(new Stack(scope, id, env && { env }), 'Athena', { database });
}

const CLASH = /"anodot_users" is the name of two databases in this app/;
const HERE: Place = { account: '111111111111', region: 'eu-central-1' };

test('two databases with the same name in one app fail synth', () => {
  const app = new App();
  addStack(app, 'One');
  addStack(app, 'Two');
  expect(() => app.synth()).toThrow(CLASH);
});

test('two databases with the same name fail synth even if one of them is in a stage', () => {
  const app = new App();
  addStack(app, 'One');
  addStack(new Stage(app, 'Stage'), 'Two');
  expect(() => app.synth()).toThrow(CLASH);
});

test('the error for two stages without an env names both ways to fix it', () => {
  const app = new App();
  for (const id of ['Staging', 'Production']) addStack(new Stage(app, id), 'Users');
  const way =
    /Set another athenaDatabase, or, if they are deployed to different accounts or regions, set `env` of their stacks or stages/;
  expect(() => app.synth()).toThrow(way);
  shown(
    'C35',
    'two stages without env',
    'an error that names env and athenaDatabase',
    '"is the name of two databases", without a way to fix it',
  );
});

test('two stages whose env differs may have databases with the same name', () => {
  const app = new App();
  addStack(new Stage(app, 'Staging', { env: HERE }), 'Users');
  addStack(new Stage(app, 'Production', { env: { ...HERE, account: '222222222222' } }), 'Users');
  expect(() => app.synth()).not.toThrow();
  shown('C35', 'two stages with env of different accounts', 'both synthesize');
});

test.each([
  ['only one has a known account and region', HERE, undefined],
  ['both have the same account and region', HERE, HERE],
])('two databases with the same name fail synth if %s', (_, one, two) => {
  const app = new App();
  addStack(app, 'One', undefined, one);
  addStack(app, 'Two', undefined, two);
  expect(() => app.synth()).toThrow(CLASH);
});

test('databases may differ in name, region or account', () => {
  const app = new App();
  addStack(app, 'One', undefined, HERE);
  addStack(app, 'Two', 'other_users', HERE);
  addStack(app, 'Three', undefined, { ...HERE, region: 'us-east-1' });
  addStack(app, 'Four', undefined, { ...HERE, account: '222222222222' });
  expect(app.synth().stacks.length).toBe(4);
});
