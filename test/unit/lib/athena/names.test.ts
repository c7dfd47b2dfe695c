import { App, Lazy, Stack, Stage } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { AthenaCatalog } from '../../../../lib/athena/athena-catalog.ts';

interface Place {
  readonly account: string;
  readonly region: string;
}

function addCatalog(scope: Construct, id: string, database?: string, env?: Place): Stack {
  const stack = new Stack(scope, id, env && { env });
  const bucket = Bucket.fromBucketName(stack, 'Bucket', 'people');
  new AthenaCatalog(stack, 'Athena', { bucket, prefix: '', retentionDays: 400, ...(database && { database }) });
  return stack;
}

const CLASH = /"anodot_users" is the name of two databases in this app/;
const HERE: Place = { account: '111111111111', region: 'eu-central-1' };

test('two databases of one name in one app are an error at synth', () => {
  const app = new App();
  addCatalog(app, 'One');
  addCatalog(app, 'Two');
  expect(() => app.synth()).toThrow(CLASH);
});

test('they are where one of them is named and lies in a stage', () => {
  const app = new App();
  addCatalog(app, 'One');
  addCatalog(new Stage(app, 'Stage'), 'Two', 'anodot_users');
  expect(() => app.synth()).toThrow(CLASH);
});

test('they are where only one of the places is known, or both are the same', () => {
  for (const [one, two] of [
    [HERE, undefined],
    [HERE, HERE],
  ]) {
    const app = new App();
    addCatalog(app, 'One', undefined, one);
    addCatalog(app, 'Two', undefined, two);
    expect(() => app.synth()).toThrow(CLASH);
  }
});

test('two names in one app are no error, nor is one name in two regions or two accounts', () => {
  const app = new App();
  addCatalog(app, 'One', undefined, HERE);
  addCatalog(app, 'Two', 'other_users', HERE);
  addCatalog(app, 'Three', undefined, { ...HERE, region: 'us-east-1' });
  addCatalog(app, 'Four', undefined, { ...HERE, account: '222222222222' });
  expect(app.synth().stacks.length).toBe(4);
});

test.each(['', 'Anodot', '1st', 'anodot-users', 'a b', '_users', 'a'.repeat(129), 'default', 'primary'])(
  'the name "%s" is an error, since it is taken, or SQL could not name the database as it stands',
  (database) => {
    const stack = new Stack(new App(), 'Snapshots');
    const bucket = Bucket.fromBucketName(stack, 'Bucket', 'people');
    const make = () => new AthenaCatalog(stack, 'Athena', { database, bucket, prefix: '', retentionDays: 400 });
    expect(make).toThrow('athenaDatabase');
  },
);

test('a name that is known only at deployment is an error, since nothing could be held against it', () => {
  const database = Lazy.string({ produce: () => 'anodot_users' });
  expect(() => addCatalog(new App(), 'One', database)).toThrow('athenaDatabase');
});
