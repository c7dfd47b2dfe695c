import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** A Node.js that is too old gets one sentence that names the required version. The tests fake the version, the only thing checked. */

const TOP = join(import.meta.dirname, '../../..');
const CHECK = join(TOP, 'functions/command-line/node-version.cjs');

function checkedAs(version: string) {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); require(${JSON.stringify(CHECK)})`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--eval', pretend], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test.each(['16.20.2', '18.20.8', '20.19.5', '22.22.0', '23.11.1', '24.0.0', '24.11.1'])(
  'Node.js %s is rejected with exit code 2 and one sentence that names the required version',
  (version) => {
    expect(checkedAs(version)).toEqual({
      status: 2,
      stdout: '',
      stderr: `anodot-user-snapshots requires Node.js 24.12 or later. This is ${version}.\n`,
    });
  },
);

test.each(['24.12.0', '24.21.0', '25.0.0', '30.1.2'])('Node.js %s may run the command line', (version) => {
  expect(checkedAs(version)).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('the check requires the same version as package.json, and npm start runs it first', () => {
  const { engines, scripts } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8'));
  expect(engines.node).toBe('>=24.12');
  expect(scripts.start).toMatch(/^exec node --require \.\/functions\/command-line\/node-version\.cjs /);
  expect(scripts.start).toContain(' --require ./functions/command-line/signals.cjs ');
});
