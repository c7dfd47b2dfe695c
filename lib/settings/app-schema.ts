import * as z from 'zod';
import { BUCKET_NAME } from '../../functions/snapshot/setting-rules.ts';
import { textOf } from '../../functions/snapshot/setting-values.ts';
import { OPTIONS } from './options.ts';
import { TOKEN } from './shown.ts';

const KEY_ARN = String.raw`arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key/(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})`;
const SECRET = 'the name of a secret, or its complete ARN including the six characters that AWS appends';
/**
 * The name of a secret or its complete ARN, which the function's policy names. What looks like a token is rejected: in place of a name, it
 * would be readable in the template.
 */
const TOKEN_SECRET = new RegExp(
  String.raw`^(?!${TOKEN.jwt}|${TOKEN.hex}$)(?:[\w/+=.@-]{1,512}|arn:aws[\w-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}-[A-Za-z0-9]{6})$`,
);

export const DEFAULT_STACK_NAME = 'anodot-user-snapshots';

/** The settings of the app: the construct's options, and text in place of CDK objects. */
export const SCHEMA = z.object({
  ...OPTIONS,
  stackName: textOf({
    pattern: /^[A-Za-z][A-Za-z0-9-]{0,127}$/,
    expected: 'a letter and up to 127 letters, digits and -',
  }).meta({
    title: 'Stack name',
    description:
      'Name of the CloudFormation stack. Deploy a second installation to the same account by giving it another stackName and athenaDatabase.',
    examples: ['anodot-staging'],
  }),
  tokenSecret: textOf({ pattern: TOKEN_SECRET, expected: SECRET }).meta({
    title: 'Secret of the token',
    description:
      'Name or complete ARN of an existing Secrets Manager secret that holds the Anodot token. Never the token itself. An ARN must be in the region of the stack. By default a secret without a value is created.',
    examples: ['anodot/token', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot/token-AbCdEf'],
  }),
  tokenSecretKey: textOf({
    pattern: new RegExp(`^${KEY_ARN}$`),
    expected: 'the ARN of a KMS key (not of an alias)',
  }).meta({
    title: 'KMS key of the secret',
    description:
      'ARN of the KMS key that encrypts tokenSecret, in the region of the stack. Requires tokenSecret to be an ARN. By default the secret is expected to use the AWS managed key.',
    examples: ['arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  }),
  bucketName: textOf(BUCKET_NAME).meta({
    title: 'Existing bucket',
    description:
      'Name of an existing bucket to store the snapshots in, in the region of the stack. It keeps its own lifecycle rules and encryption. By default a bucket is created.',
    examples: ['company-access-records'],
  }),
  kmsKey: textOf({
    pattern: new RegExp(`^(?:create|${KEY_ARN})$`),
    expected: 'create, or the ARN of a KMS key (not of an alias)',
  }).meta({
    title: 'KMS key of the bucket',
    description:
      "`create` to create a KMS key for the bucket, or the ARN of an existing key in the region of the stack. With bucketName, the ARN of that bucket's key. By default S3-managed keys are used.",
    examples: ['create', 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
  }),
});
