import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import { OnDemandApi } from '../../../lib/on-demand-api.ts';
import { only, resolved, type Synthesis } from './synthesis.ts';

export const SNAPSHOT_FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:take-snapshot';
export const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d';
const PLACE = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::AccountId': '123456789012',
};
const TEMPLATE = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

export interface ApiTemplateOptions {
  readonly bucketName?: string;
  readonly prefix?: string;
  readonly instance?: string;
  readonly encrypted?: boolean;
  /** Adds more to the stack. */
  readonly more?: (stack: Stack, api: OnDemandApi) => void;
}

/** Synthesizes a stack that contains only the API, with the app's checks. */
export async function synthesiseApi(options: ApiTemplateOptions = {}): Promise<Synthesis> {
  const { bucketName = 'snapshots', prefix = 'access', instance = 'emea', encrypted = false, more } = options;
  const folder = await mkdtemp(join(tmpdir(), 'cdk-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const app = new App({ outdir: folder });
  const stack = new Stack(app, 'Stack');
  const api = new OnDemandApi(stack, 'Api', {
    snapshotFunction: LambdaFunction.fromFunctionArn(stack, 'TakeSnapshot', SNAPSHOT_FUNCTION),
    store: {
      bucket: Bucket.fromBucketName(stack, 'Bucket', bucketName),
      prefix,
      ...(encrypted && { encryptionKey: Key.fromKeyArn(stack, 'Key', KEY) }),
    },
    instance,
  });
  more?.(stack, api);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return { folder, resources: TEMPLATE.parse(app.synth().getStackByName('Stack').template).Resources };
}

const ROLE = z.object({ Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.unknown() }) })) });

/** A value of the template as CloudFormation resolves it. A resource of the stack is resolved to its logical id. */
export function resolvedIn({ resources }: Pick<Synthesis, 'resources'>, value: unknown): unknown {
  const own = Object.keys(resources).flatMap((id) => [id, `${id}.Arn`].map((name) => [name, name]));
  return resolved(value, { ...PLACE, ...Object.fromEntries(own) });
}

const STATEMENTS = z.array(z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) }));

/** All statements of the function's role. */
export function statementsOf(synthesis: Synthesis): z.infer<typeof STATEMENTS> {
  const [, role] = only(synthesis, 'AWS::IAM::Role', 'RequestSnapshot');
  const [{ PolicyDocument } = { PolicyDocument: undefined }, ...others] = ROLE.parse(role.Properties).Policies;
  if (!PolicyDocument || others.length > 0) throw new Error('the role does not have exactly one policy');
  return STATEMENTS.parse(resolvedIn(synthesis, PolicyDocument.Statement));
}

/** The statements about S3, for a server that enforces roles. */
export const s3StatementsOf = (synthesis: Synthesis): object[] =>
  statementsOf(synthesis).filter(({ Action }) => [Action].flat().every((action) => action.startsWith('s3:')));

const FUNCTION = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
});

/** The deployed function: the folder of its asset, and its environment. */
export function functionOf(synthesis: Synthesis) {
  const { Code, Handler, Environment } = FUNCTION.parse(only(synthesis, 'AWS::Lambda::Function')[1].Properties);
  const bundle = join(synthesis.folder, `asset.${Code.S3Key.replace(/\.zip$/, '')}`);
  return { bundle, environment: { ...Environment.Variables, _HANDLER: Handler } };
}
