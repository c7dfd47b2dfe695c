import { expect, test } from 'vitest';
import { templateOf } from '../../support/cdk/synthesis.ts';
import recorded from './logical-ids.json' with { type: 'json' };

test('logical ids never change, since a new one would replace a deployed resource', () => {
  const template = templateOf({ kmsKey: 'create', api: 'iam', sign: 'true' });
  const types = Object.entries<{ Type: string }>(template.toJSON()['Resources']).map(([id, { Type }]) => [id, Type]);
  expect(Object.fromEntries(types)).toEqual(recorded);
});

test('the outputs name what was created, and the commands that store the token and take a snapshot', () => {
  const outputs = templateOf().toJSON()['Outputs'];
  const text = (name: string) => JSON.stringify(outputs[name].Value);
  for (const name of ['BucketName', 'FunctionName', 'AlarmTopicArn']) expect(outputs[name].Value).toHaveProperty('Ref');
  expect(text('StoreToken')).toMatch(
    /aws secretsmanager put-secret-value --region .*--secret-id .*TokenSecret.* --secret-string file:\/\/\/dev\/stdin/,
  );
  expect(text('TakeSnapshot')).toMatch(
    /aws lambda invoke --region .* --function-name .*TakeSnapshotFunction.* \/dev\/stdout/,
  );
});

test('with sign an output is the command that prints the fingerprint of the key, and without it there is none', () => {
  const { SigningKeyFingerprint } = templateOf({ sign: 'true' }).toJSON()['Outputs'];
  expect(JSON.stringify(SigningKeyFingerprint.Value)).toMatch(
    /aws kms get-public-key --region .* --key-id .*SigningKey.* --query PublicKey --output text \| base64 -d \| sha256sum/,
  );
  expect(templateOf().toJSON()['Outputs']).not.toHaveProperty('SigningKeyFingerprint');
});
