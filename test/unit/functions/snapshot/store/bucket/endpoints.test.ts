import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { SettingsError } from '../../../../../../functions/snapshot/errors.ts';
import { openBucket } from '../../../../../../functions/snapshot/store/bucket/open-bucket.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { newDouble, ONCE, ROWS } from '../../../../../support/s3/bucket-calls.ts';
import { newFolder } from '../../../../../support/take.ts';

const AWS = { AWS_REGION: 'eu-central-1' };
const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 'b' };
afterEach(() => vi.unstubAllEnvs());

interface Request {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
}

/** The URL that a client requests if the SDK reads this environment. */
async function askedIn(environment: { readonly [name: string]: string }): Promise<string> {
  for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3', 'AWS_PROFILE', 'AWS_CONFIG_FILE'])
    vi.stubEnv(name, environment[name]);
  const asked: string[] = [];
  const requestHandler: S3ClientConfig['requestHandler'] = {
    handle: async ({ protocol, hostname, port, path }: Request) => {
      asked.push(`${protocol}//${hostname}${port ? `:${port}` : ''}${path}`);
      throw Object.assign(new Error('not sent'), { code: 'ENOTSENT' });
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
  };
  const options = { ...ONCE, credentials: CREDENTIALS, requestHandler };
  const store = await openBucket('s3://my-bucket/access', { ...AWS, ...environment }, options);
  await store.read('runs/a.json').catch(() => undefined);
  return asked.join();
}

describe('an endpoint', () => {
  test.each([
    ['http://localhost:9000', 'http://localhost:9000/my-bucket'],
    ['http://127.0.0.1:9000', 'http://127.0.0.1:9000/my-bucket'],
    ['http://minio:9000', 'http://minio:9000/my-bucket'],
    ['https://s3.company.example', 'https://s3.company.example/my-bucket'],
    ['https://s3.company.example/gateway/', 'https://s3.company.example/gateway/my-bucket'],
    ['https://amazonaws.com.company.example', 'https://amazonaws.com.company.example/my-bucket'],
    ['https://my-amazonaws.com', 'https://my-amazonaws.com/my-bucket'],
    ['http://[::1]:9000', 'http://[::1]:9000/my-bucket'],
  ])('that is not of AWS, %s, is addressed by path', async (endpoint, root) => {
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) {
      const asked = await askedIn({ [name]: endpoint });
      expect(asked).toBe(`${root}/access/runs/a.json`);
      shown('C41', `${name}=${endpoint}`, `requests ${asked}`, 'ENOTFOUND: the bucket’s name was part of the host');
    }
  });

  test.each([
    [undefined, 'https://my-bucket.s3.eu-central-1.amazonaws.com'],
    ['https://s3.eu-central-1.amazonaws.com', 'https://my-bucket.s3.eu-central-1.amazonaws.com'],
    ['https://s3.dualstack.eu-central-1.amazonaws.com', 'https://my-bucket.s3.dualstack.eu-central-1.amazonaws.com'],
    ['https://s3.cn-north-1.amazonaws.com.cn', 'https://my-bucket.s3.cn-north-1.amazonaws.com.cn'],
    [
      'https://bucket.vpce-1a2b3c4d-5e6f.s3.eu-central-1.vpce.amazonaws.com',
      'https://my-bucket.bucket.vpce-1a2b3c4d-5e6f.s3.eu-central-1.vpce.amazonaws.com',
    ],
  ])('of AWS, %s, is addressed as the SDK does by default', async (endpoint, root) => {
    const asked = await askedIn(endpoint === undefined ? {} : { AWS_ENDPOINT_URL_S3: endpoint });
    expect(asked).toBe(`${root}/access/runs/a.json`);
    shown('C41', endpoint ?? 'no endpoint set', `requests ${asked}`);
  });

  test.each([
    ['endpoint_url', '[profile own]\nendpoint_url = http://minio:9000\n'],
    ['services', '[profile own]\nservices = company\n[services company]\ns3 =\n  endpoint_url = http://minio:9000\n'],
  ])('from a profile’s %s is addressed by path', async (setting, profile) => {
    const file = join(await newFolder(), 'config');
    await writeFile(file, profile);
    const asked = await askedIn({ AWS_CONFIG_FILE: file, AWS_PROFILE: 'own' });
    expect(asked).toBe('http://minio:9000/my-bucket/access/runs/a.json');
    shown('C41', `${setting} of an AWS profile`, `requests ${asked}`, 'ENOTFOUND');
  });

  test.each(['localhost:9000', 'minio', 'ftp://minio', 's3://bucket', '//minio'])(
    'that is not a URL, %s, is rejected with exit code 2 and the name of its variable',
    async (endpoint) => {
      for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']) {
        const failure = openBucket('s3://my-bucket', { ...AWS, [name]: endpoint });
        await expect(failure).rejects.toThrow(SettingsError);
        await expect(failure).rejects.toThrow(`${name}: expected http://HOST or https://HOST`);
      }
      shown('C41', `AWS_ENDPOINT_URL=${endpoint}`, 'exit 2, naming the variable');
    },
  );

  test('named localhost serves a whole store', async () => {
    const { endpoint, bucket, credentials } = await newDouble();
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint.replace('127.0.0.1', 'localhost'));
    const store = await openBucket(`s3://${bucket}/p`, AWS, { ...ONCE, credentials });
    expect(await store.create('runs/a.json', ROWS)).toBe('created');
    expect(await store.list('runs/')).toEqual(['runs/a.json']);
    await store.probe('aaaaaaaa');
  });
});
