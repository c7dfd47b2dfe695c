import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { CONTEXT, KEY_ARN } from '../../support/cdk/synthesis.ts';

const TOP = join(import.meta.dirname, '../../..');

interface Call {
  readonly context?: object;
  readonly variables?: NodeJS.ProcessEnv;
  /** The content of settings.json; none by default. */
  readonly settings?: string;
}

/** Runs the app as CDK's command line does, in a folder of its own, so that no settings.json of this project counts. */
async function run({ context = {}, variables = {}, settings }: Call) {
  const folder = await mkdtemp(join(tmpdir(), 'app-'));
  const output = join(folder, 'cdk.out');
  await writeFile(join(folder, 'app.ts'), `import { runApp } from '${TOP}/lib/run-app.ts';\nrunApp('${folder}');\n`);
  if (settings !== undefined) await writeFile(join(folder, 'settings.json'), settings);
  const env = {
    ...variables,
    PATH: process.env['PATH'],
    CDK_OUTDIR: output,
    CDK_CONTEXT_JSON: JSON.stringify({ ...CONTEXT, ...context }),
  };
  const { stderr } = await promisify(execFile)(process.execPath, [join(folder, 'app.ts')], { cwd: tmpdir(), env });
  return { output, stderr };
}

const readText = (folder: string, file: string) => readFile(join(folder, file), 'utf8');

test('without any setting the app synthesizes the stack, and reports that no one is notified of alarms', async () => {
  const { output } = await run({});
  expect(JSON.parse(await readText(output, 'anodot-user-snapshots.template.json'))).toHaveProperty('Resources');
  expect(await readText(output, 'anodot-user-snapshots.metadata.json')).toMatch(
    /"type": "aws:cdk:info",\s+"data": "No one is notified/,
  );
});

test('the app reads settings.json in its own folder, whatever the working directory is', async () => {
  const { output } = await run({ settings: '{ "alarmEmail": "security@example.com", "retentionDays": 30 }' });
  const template = await readText(output, 'anodot-user-snapshots.template.json');
  expect(template).toContain('"Endpoint": "security@example.com"');
  expect(template).toContain('"projection.dt.range": "NOW-30DAYS,NOW"');
});

test('the app that cdk.json names reads the settings.json next to cdk.json', async () => {
  expect(JSON.parse(await readText(TOP, 'cdk.json')).app).toBe('node lib/app.ts');
  const source = await readText(TOP, 'lib/app.ts');
  expect(source).toContain("runApp(join(import.meta.dirname, '..'));");
});

test('invalid settings end the app with their list and exit code 1, without a stack trace', async () => {
  const failed = run({ context: { retentionDay: 3 }, settings: '{ "keepRaw": "no" }' });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr:
      'invalid CDK context (-c NAME=VALUE, cdk.json or cdk.context.json):\n' +
      '- retentionDay: unknown setting. Did you mean retentionDays?\n' +
      'invalid settings.json:\n' +
      '- keepRaw: expected true or false, got "no"\n',
  });
});

test('a settings.json that is not JSON ends the app with the line and column, without a stack trace', async () => {
  await expect(run({ settings: '{\n  // alarms\n}' })).rejects.toMatchObject({
    code: 1,
    stderr: 'settings.json is not valid JSON: line 2, column 3: comments are not allowed\n',
  });
});

test('an ARN of another region than the one that CDK deploys to ends the app', async () => {
  const failed = run({ context: { kmsKey: KEY_ARN }, variables: { CDK_DEFAULT_REGION: 'ap-south-1' } });
  await expect(failed).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('- kmsKey: it is in eu-central-1, but the stack is deployed to ap-south-1'),
  });
});
