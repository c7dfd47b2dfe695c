import { expect, test } from 'vitest';
import { SigningError } from '../../../../functions/snapshot/commits/signer.ts';
import { newSigner } from '../../../../functions/take-snapshot/signing.ts';
import { deadlineIn } from '../../../support/take.ts';

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/5c1f3a52-1c1d-4a3e-9a55-0d5d2f6f0b11';

test.for([[undefined], [''], [' \n']])('a function whose signing key is %j does not sign', ([value]) => {
  expect(newSigner({ SNAPSHOT_SIGNING_KEY: value })).toBeUndefined();
});

test.for([
  ['alias/signing'],
  ['5c1f3a52-1c1d-4a3e-9a55-0d5d2f6f0b11'],
  ['arn:aws:kms:eu-central-1:123456789012:alias/signing'],
  ['arn:aws:s3:::bucket'],
  [`${KEY}/zqxj`],
  [`${KEY} ${KEY}`],
])(
  'the signing key %s is a SigningError of each call, which says what was expected and does not quote it',
  async ([value]) => {
    const signer = newSigner({ SNAPSHOT_SIGNING_KEY: value });
    for (const call of [signer?.publicKey(deadlineIn(1000)), signer?.sign(Buffer.of(1), deadlineIn(1000))]) {
      const error: unknown = await call?.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SigningError);
      expect(String(error)).toBe(
        'SigningError: SNAPSHOT_SIGNING_KEY: expected the ARN of a KMS key, like arn:aws:kms:eu-central-1:123456789012:key/<id>',
      );
    }
  },
);

test.for([[KEY], [` ${KEY}\n`], [KEY.replace('aws', 'aws-us-gov')], [KEY.replace(/key.*/, 'key/mrk-1234abcd')]])(
  'the signing key %j is used',
  ([value]) => {
    expect(newSigner({ SNAPSHOT_SIGNING_KEY: value })).toBeDefined();
  },
);
