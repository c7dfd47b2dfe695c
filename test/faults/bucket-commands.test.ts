import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { STORE_ACTIONS, VERIFY_ACTIONS } from '../../functions/snapshot/permissions.ts';
import { type AnodotServer, answer, serveAnodot, TOKEN } from '../support/anodot/server.ts';
import { type Ended, runCommand } from '../support/command.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import { environmentOf, newBucket, S3_ENDPOINT, type S3Place, storeAt } from '../support/s3/place.ts';
import { asRole } from '../support/s3/role.ts';
import { newFolder, take } from '../support/take.ts';

const USERS = [
  { _id: 'a', roles: ['customer-admin'] },
  { _id: 'b', roles: ['customer-user'] },
];
const DT = new Date().toISOString().slice(0, 10);
const PREFIX = 'access';

let cwd: string;
let anodot: AnodotServer;
beforeAll(async () => {
  cwd = await newFolder();
  anodot = await serveAnodot({ users: answer(USERS) });
});
afterAll(() => anodot.close());

const NO_AWS = { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };

/** Runs a command on a bucket, with a token and the bucket's credentials unless the environment overrides them. */
function on(place: S3Place, words: readonly string[], environment: { readonly [name: string]: string } = {}) {
  const account = { ANODOT_URL: anodot.url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
  return runCommand([...words, '--store', `s3://${place.bucket}/${PREFIX}`], {
    cwd,
    environment: { ...NO_AWS, ...account, ...environmentOf(place), ...environment },
  });
}

const publishInto = (place: S3Place) => take({ url: anodot.url, store: storeAt(place, PREFIX) });

test('the commands take, verify, check and read snapshots in a bucket, and leave no unfinished upload', async () => {
  const double = await newDouble();
  const taken = await on(double, ['snapshot']);
  expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('Verified: every object was read back') });
  expect(taken.out).toContain(`Published the snapshot of ${DT} in s3://${double.bucket}/${PREFIX}`);
  expect(taken.out).toContain(`verify --store s3://${double.bucket}/${PREFIX}`);
  expect(await on(double, ['verify'])).toMatchObject({ code: 0, out: expect.stringContaining('sound: 1 day') });
  expect(await on(double, ['check'])).toMatchObject({ code: 0, out: expect.stringContaining('can be written') });
  expect(await on(double, ['changes'])).toMatchObject({ code: 0 });
  const keys = [...double.objects.keys()].map((key) => key.replace(/\d{8}T\d{6}Z-[0-9a-f]{8}(\.[0-9a-f]{8})?/, 'run'));
  const published = [KEYS.json(DT), KEYS.csv(DT), KEYS.changes(DT), KEYS.groups(DT), KEYS.manifest(DT), KEYS.commit(1)];
  expect(keys.toSorted()).toEqual(
    [...published, 'runs/run.json', `raw/dt=${DT}/run.json.gz`].map((key) => `${PREFIX}/${key}`).toSorted(),
  );
  expect(double.openUploads()).toEqual([]);
});

describe('the sample', () => {
  test('is never written to a bucket: without a token, a run ends with 3 and sends S3 no request', async () => {
    const double = await newDouble();
    const environment = { ...NO_AWS, ...environmentOf(double) };
    const { code, err } = await runCommand(['--store', `s3://${double.bucket}`], { cwd, environment });
    expect({ code, err }).toEqual({
      code: 3,
      err: expect.stringContaining('The sample account is written only to a folder'),
    });
    expect(double.calls).toEqual([]);
  });

  test('that was copied into a bucket is never mixed with a real account (exit code 2)', async () => {
    const double = await newDouble();
    await storeAt(double, PREFIX).replace('.sample', Buffer.from('sample'));
    const { code, err } = await on(double, ['snapshot']);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('holds the sample account') });
    expect(double.objects.size).toBe(1);
  });
});

describe('the verify command', () => {
  test.each([
    ['a flipped byte', KEYS.json(DT), 'checksum does not match the commit'],
    ['a flipped byte of the manifest', KEYS.manifest(DT), 'checksum does not match the commit'],
    ['a flipped byte of a commit', KEYS.commit(1), 'is not'],
    ['a missing object', KEYS.csv(DT), 'is missing'],
    ['a missing commit', KEYS.commit(1), 'is missing, though a later commit exists'],
  ])('reports %s with exit code 9', async (damage, key, message) => {
    const double = await newDouble();
    await publishInto(double);
    await publishInto(double);
    const object = double.objects.get(`${PREFIX}/${key}`);
    if (damage.startsWith('a missing')) double.objects.delete(`${PREFIX}/${key}`);
    else object?.bytes.writeUInt8((object.bytes.at(9) ?? 0) ^ 1, 9);
    const { code, out } = await on(double, ['verify']);
    expect(code).toBe(9);
    expect(out).toContain(`damaged: ${key} ${message}`);
  });

  test('reports a snapshot whose last object is not in place as interrupted (exit code 10), and the next run finishes it', async () => {
    let failing = true;
    const double = await newDouble({
      fault: ({ operation, key }) =>
        failing && operation === 'CompleteMultipartUpload' && key.includes('manifest')
          ? { status: 403, code: 'AccessDenied' }
          : undefined,
    });
    const interrupted = await on(double, ['snapshot']);
    expect(interrupted).toMatchObject({
      code: 7,
      err: expect.stringContaining('commit 1 is committed, and the next run finishes it'),
    });
    const found = await on(double, ['verify']);
    expect(found).toMatchObject({ code: 10, out: expect.stringContaining(`interrupted: ${KEYS.manifest(DT)}`) });
    failing = false;
    expect(await on(double, ['snapshot', '--quiet'])).toMatchObject({ code: 0 });
    expect(await on(double, ['verify'])).toMatchObject({ code: 0 });
  });

  test('reports an empty bucket with exit code 11', async () => {
    expect(await on(await newDouble(), ['verify'])).toMatchObject({ code: 11 });
  });
});

describe.each(['snapshot', 'verify', 'check'])('the %s command', (command) => {
  const told = ({ out, err }: Ended) => `${out}${err}`;

  test('names a missing bucket, with exit code 7', async () => {
    const ended = await on({ ...(await newDouble()), bucket: 'no-such-bucket' }, [command]);
    expect(ended.code).toBe(7);
    expect(told(ended)).toContain('s3://no-such-bucket/access: could not ');
    expect(told(ended)).toContain('NoSuchBucket (HTTP 404). No such bucket: create it or fix its name');
  });

  test('names missing credentials with exit code 7, and a missing region with exit code 2', async () => {
    const double = await newDouble();
    const noCredentials = await on(double, [command], { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    expect(noCredentials.code).toBe(7);
    expect(told(noCredentials)).toContain('The AWS credentials are missing, expired or wrong');
    const noRegion = await on(double, [command], { AWS_REGION: '' });
    expect(noRegion).toMatchObject({ code: 2, err: expect.stringContaining('AWS_REGION: is not set') });
    expect(double.calls).toEqual([]);
  });

  test('rejects an invalid location with exit code 2', async () => {
    const ended = await on({ ...(await newDouble()), bucket: 'No_Bucket' }, [command]);
    expect(ended).toMatchObject({ code: 2, err: expect.stringContaining('expected a bucket name') });
  });
});

/** The exit codes of check, snapshot and verify if one action is not allowed. */
const WITHOUT: { readonly [action: string]: { check: number; snapshot: number; verify: number } } = {
  's3:PutObject': { check: 7, snapshot: 7, verify: 0 },
  's3:AbortMultipartUpload': { check: 7, snapshot: 0, verify: 0 },
  's3:GetObject': { check: 7, snapshot: 7, verify: 7 },
  's3:ListBucket': { check: 7, snapshot: 7, verify: 7 },
  's3:ListMultipartUploadParts': { check: 0, snapshot: 0, verify: 0 },
};
const GRANTS = [...STORE_ACTIONS, ...VERIFY_ACTIONS];
/** A bucket in which a snapshot was published before the action was denied. */
const places: [string, (action: string) => Promise<S3Place>][] = [
  [
    'the double',
    async (action) => {
      const double = await newDouble();
      await publishInto(double);
      double.deny.add(action);
      return double;
    },
  ],
];
if (S3_ENDPOINT) {
  const endpoint = S3_ENDPOINT;
  places.push([
    'a real server',
    async (action) => {
      const place = await newBucket(endpoint);
      await publishInto(await asRole(place, PREFIX, GRANTS));
      return asRole(
        place,
        PREFIX,
        GRANTS.filter((grant) => grant.action !== action),
      );
    },
  ]);
}

describe.each(places)('on %s', (_, newPlace) => {
  test.each(Object.keys(WITHOUT))(
    'each command that needs %s fails without it, and the message names it',
    async (action) => {
      const place = await newPlace(action);
      const [check, snapshot, verify] = [
        await on(place, ['check']),
        await on(place, ['snapshot']),
        await on(place, ['verify']),
      ];
      expect({ check: check.code, snapshot: snapshot.code, verify: verify.code }).toEqual(WITHOUT[action]);
      for (const { code, out, err } of [check, snapshot, verify])
        if (code === 7) expect(`${out}${err}`).toContain(action);
    },
  );
});
