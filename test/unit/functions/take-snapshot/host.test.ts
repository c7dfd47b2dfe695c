import { expect, test } from 'vitest';
import { HOST } from '../../../../functions/snapshot/origin.ts';
import { hostOf } from '../../../../functions/take-snapshot/host.ts';

const versionOf = (version: string | undefined) => hostOf({ AWS_LAMBDA_FUNCTION_VERSION: version });
const memoryOf = (memory: string | undefined) => hostOf({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory });

test('the host of a run in Lambda has the version and the memory of the function', () => {
  const environment = { AWS_LAMBDA_FUNCTION_VERSION: '$LATEST', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256' };
  expect(hostOf(environment)).toEqual({ kind: 'lambda', function_version: '$LATEST', memory_mb: 256 });
  expect(versionOf('42')).toEqual({ kind: 'lambda', function_version: '42', memory_mb: null });
});

test.each([undefined, '', ' ', 'latest', '$latest', '1.0', '-1', '42\n', '4'.repeat(21), 'ada@example.com'])(
  'a function version that is %j is null',
  (version) => {
    expect(versionOf(version)).toEqual({ kind: 'lambda', function_version: null, memory_mb: null });
  },
);

test.each([undefined, '', '0', '-256', '256.5', '2e9', '0x100', '256 MB', '9'.repeat(20), 'NaN'])(
  'a memory that is %j is null',
  (memory) => {
    expect(memoryOf(memory)).toEqual({ kind: 'lambda', function_version: null, memory_mb: null });
    expect(HOST.safeParse(memoryOf(memory)).success).toBe(true);
  },
);
