import * as z from 'zod';
import { only, resolved, type Synthesis } from '../cdk/synthesis.ts';
import type { S3Call, S3Fault } from './double.ts';
import { ACTIONS } from './operations.ts';

/** The statements by which a template's bucket policy guards commits and public keys, applied to single requests. */

const STATEMENT = z.object({
  Sid: z.string(),
  Effect: z.literal('Deny'),
  Principal: z.object({ AWS: z.literal('*') }),
  Action: z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat()),
  Resource: z.array(z.string()),
  // A condition of another kind must fail the tests instead of being ignored.
  Condition: z
    .strictObject({
      Null: z.strictObject({ 's3:if-none-match': z.literal('true') }).optional(),
      ArnNotEquals: z.strictObject({ 'aws:PrincipalArn': z.string() }).optional(),
    })
    .default({}),
});
export type Guard = z.output<typeof STATEMENT>;

const POLICY = z.object({ Statement: z.array(z.looseObject({ Sid: z.string().optional() })) });

/** The statements about commits and public keys, for a bucket in place of the template's. */
export function guardsOf(synthesis: Synthesis, bucket: string): Guard[] {
  const [id] = only(synthesis, 'AWS::S3::Bucket');
  const [, policy] = only(synthesis, 'AWS::S3::BucketPolicy');
  const { Statement } = POLICY.parse(policy.Properties['PolicyDocument']);
  const references = { [id]: bucket, [`${id}.Arn`]: `arn:aws:s3:::${bucket}` };
  return Statement.filter(({ Sid }) => Sid !== undefined).map((one) => STATEMENT.parse(resolved(one, references)));
}

/** The statements that apply to a principal. @param arn of its role, not of the session */
export const guardsFor = (guards: readonly Guard[], arn: string): Guard[] =>
  guards.filter(({ Condition }) => Condition.ArnNotEquals?.['aws:PrincipalArn'] !== arn);

/** A double's fault: S3's refusal of each call that the policy denies the principal. */
export const refusalBy =
  (guards: readonly Guard[], bucket: string, arn: string) =>
  ({ operation, key, ifNoneMatch }: S3Call): S3Fault | undefined => {
    const resource = `arn:aws:s3:::${bucket}/${key}`;
    const denying = guardsFor(guards, arn).find(
      ({ Action, Resource, Condition }) =>
        Action.includes(ACTIONS[operation]) &&
        Resource.some((pattern) => resource.startsWith(pattern.replace(/\*$/, ''))) &&
        !(Condition.Null && ifNoneMatch),
    );
    return denying && { status: 403, code: 'AccessDenied', message: `${ACTIONS[operation]} by ${denying.Sid}` };
  };
