import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { CONTEXT, KEY_ARN } from '../../support/cdk/synthesis.ts';

/** Runs the app as CDK's command line does. */
async function runApp(context: object, variables: NodeJS.ProcessEnv = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'cdk-'));
  const env = {
    ...variables,
    PATH: process.env['PATH'],
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...CONTEXT, ...context }),
  };
  const cwd = join(import.meta.dirname, '../../..');
  const { stderr } = await promisify(execFile)(process.execPath, ['lib/app.ts'], { cwd, env });
  return { folder, stderr };
}

test('without any setting the app synthesises the stack, and reports that no one is notified of alarms', async () => {
  const { folder } = await runApp({});
  const template: unknown = JSON.parse(await readFile(join(folder, 'anodot-user-snapshots.template.json'), 'utf8'));
  expect(template).toHaveProperty('Resources');
  expect(await readFile(join(folder, 'anodot-user-snapshots.metadata.json'), 'utf8')).toMatch(
    /"type": "aws:cdk:info",\s+"data": "No one is notified/,
  );
});

test('invalid settings end the app with their list and exit code 1, without a stack trace', async () => {
  const failed = runApp({ retentionDay: 3 });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr:
      'invalid CDK context (-c NAME=VALUE, or cdk.json):\n' +
      '- retentionDay: unknown setting. Did you mean retentionDays?\n',
  });
});

test('an ARN from a region other than the one that CDK deploys to ends the app', async () => {
  const failed = runApp({ kmsKey: KEY_ARN }, { CDK_DEFAULT_REGION: 'ap-south-1' });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('- kmsKey: it is in eu-central-1, but the stack is deployed to ap-south-1'),
  });
});
