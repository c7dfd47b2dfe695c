import { join } from 'node:path';
import { PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { METRICS, METRICS_NAMESPACE } from '../../functions/snapshot/metrics.ts';
import { dtOf } from '../../functions/snapshot/utc-day.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { answer } from '../support/anodot/server.ts';
import { CANARY_BEARER, CANARY_TOKEN } from '../support/canary.ts';
import { only, resolved, type Synthesis, synthesise } from '../support/cdk/synthesis.ts';
import { shown } from '../support/fault-table.ts';
import { type Deployed, startDeployed } from '../support/lambda/world.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import { clientOf, newBucket, S3_ENDPOINT, type S3Place, storeAt } from '../support/s3/place.ts';
import { withStatements } from '../support/s3/role.ts';
import { metricsOf, resultOf, USERS } from './installation.ts';

const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:TokenSecret-a1B2c3';
const FUNCTION = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.literal('nodejs24.x'),
  MemorySize: z.number(),
  Timeout: z.number(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  LoggingConfig: z.object({ LogFormat: z.string() }),
});
const STATEMENT = z.looseObject({ Action: z.union([z.string(), z.array(z.string())]) });
const ROLE = z.object({
  Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(STATEMENT) }) })),
});

const SCHEDULE = z.object({ Target: z.object({ Input: z.string() }) });

/** The events that the template's schedules send. */
const inputsOf = ({ resources }: Synthesis): string[] =>
  Object.values(resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::Scheduler::Schedule' ? SCHEDULE.parse(Properties).Target.Input : [],
  );

/** What the template's references resolve to in the test. */
function placesOf(synthesis: Synthesis, place: S3Place) {
  const [bucket] = only(synthesis, 'AWS::S3::Bucket');
  const [secret] = only(synthesis, 'AWS::SecretsManager::Secret');
  return { [bucket]: place.bucket, [`${bucket}.Arn`]: `arn:aws:s3:::${place.bucket}`, [secret]: SECRET_ARN };
}

/** The statements about S3 in the role of the template's function. */
function s3StatementsOf(synthesis: Synthesis, place: S3Place): object[] {
  const [, role] = only(synthesis, 'AWS::IAM::Role', 'TakeSnapshot');
  return ROLE.parse(role.Properties)
    .Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Action }) => [Action].flat().some((action) => action.startsWith('s3:')))
    .map((statement) => z.looseObject({}).parse(resolved(statement, placesOf(synthesis, place))));
}

/** The template's function, with exactly its asset, its handler and its environment. */
function deployedOf(synthesis: Synthesis, owner: S3Place, role: S3Place): Deployed {
  const [, lambda] = only(synthesis, 'AWS::Lambda::Function', 'TakeSnapshot');
  const { Code, Handler, MemorySize, Environment, LoggingConfig } = FUNCTION.parse(lambda.Properties);
  const variables = z.record(z.string(), z.string()).parse(resolved(Environment.Variables, placesOf(synthesis, owner)));
  return {
    bundle: join(synthesis.folder, `asset.${Code.S3Key.replace(/\.zip$/, '')}`),
    place: role,
    environment: {
      ...variables,
      _HANDLER: Handler,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_LOG_FORMAT: LoggingConfig.LogFormat,
    },
  };
}

interface Places {
  readonly owner: S3Place;
  /** The bucket with the permissions of the function's role. */
  asRole(synthesis: Synthesis): Promise<S3Place>;
}

async function onDouble(): Promise<Places> {
  const double = await newDouble();
  return { owner: double, asRole: async () => double };
}

const onRealServer = (endpoint: string) => async (): Promise<Places> => {
  const owner = await newBucket(endpoint);
  const versioned = { Bucket: owner.bucket, VersioningConfiguration: { Status: 'Enabled' as const } };
  await clientOf(owner).send(new PutBucketVersioningCommand(versioned));
  return { owner, asRole: async (synthesis) => withStatements(owner, s3StatementsOf(synthesis, owner)) };
};

const SERVER = S3_ENDPOINT
  ? { name: "a real S3 server, with the role's permissions", newPlaces: onRealServer(S3_ENDPOINT) }
  : { name: 'the S3 double', newPlaces: onDouble };

async function deploy(context: { readonly [key: string]: string } = {}) {
  const places = await SERVER.newPlaces();
  let synthesis: Synthesis | undefined;
  const choices = {
    secret: { text: CANARY_TOKEN },
    anodot: { exchange: answer(JSON.stringify(CANARY_BEARER)), users: answer(USERS) },
  };
  const world = await startDeployed(choices, async (anodotUrl) => {
    synthesis = await synthesise({ anodotUrl, allowOtherHost: 'true', ...context });
    return deployedOf(synthesis, places.owner, await places.asRole(synthesis));
  });
  onTestFinished(() => world.close());
  if (!synthesis) throw new Error('nothing was synthesised');
  return { world, synthesis, store: storeAt(places.owner, context['prefix'] ?? '') };
}

describe(`on ${SERVER.name}, the synthesized stack`, () => {
  test.for<{ [key: string]: string }>([{}, { prefix: 'access/prod', formats: 'json', keepRaw: 'false' }])(
    'takes a snapshot when its schedule invokes the function, with context %j',
    async (context) => {
      const { world, synthesis, store } = await deploy(context);
      const { Timeout } = FUNCTION.parse(only(synthesis, 'AWS::Lambda::Function', 'TakeSnapshot')[1].Properties);
      const input = inputsOf(synthesis).find((one) => one.includes('trigger')) ?? '';
      const event: unknown = JSON.parse(input.replace('<aws.scheduler.scheduled-time>', '2026-11-23T02:15:00Z'));

      const days = [dtOf(Date.now())];
      const { manifest, ...document } = resultOf(await world.invoke(event, Timeout * 1000));
      days.push(dtOf(Date.now()));
      expect(document).toMatchObject({ status: 'published', trigger: 'schedule', commit: 1 });
      expect(document.run_id).toBe('20261123T021500Z-schedule');
      expect(manifest).toMatchObject({ user_count: 3, scheduled_at: '2026-11-23T02:15:00Z' });
      const kinds = context['formats'] ? ['changes', 'groups', 'json'] : ['changes', 'csv', 'groups', 'json', 'raw'];
      expect(manifest?.objects.map(({ kind }) => kind).sort()).toEqual(kinds);
      expect((await verify(store, { today: new Date().toISOString().slice(0, 10) })).status).toBe('sound');
      expect(world.secrets.calls).toEqual([SECRET_ARN]);
      expect(days).toContain(manifest?.dt);
      shown(
        'F34',
        `the event of 2026-11-23, delivered on a later day, with context ${JSON.stringify(context)}`,
        `${document.status} under the day of the run, with scheduled_at ${manifest?.scheduled_at}`,
      );
    },
  );

  test('emits the metrics that its alarms watch', async () => {
    const { world, synthesis } = await deploy();
    await world.invoke({});
    const [line] = metricsOf(await world.log());
    const instance = String(line?.['instance']);
    const [, alarm] = only(synthesis, 'AWS::CloudWatch::Alarm', 'NoSnapshot');
    expect(alarm.Properties['Metrics']).toContainEqual({
      Id: 'count',
      ReturnData: false,
      MetricStat: {
        Metric: {
          Namespace: METRICS_NAMESPACE,
          MetricName: METRICS.published,
          Dimensions: [{ Name: 'instance', Value: instance }],
        },
        Period: 3600,
        Stat: 'Sum',
      },
    });
    expect(line).toMatchObject({ [METRICS.published]: 1, [METRICS.durationUsedPercent]: expect.any(Number) });
    expect(line?._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['instance']]);
  });

  test('names the secret to fill in if the one it created has no value', async () => {
    const { world } = await deploy();
    world.secrets.reply(() => ({
      error: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    }));
    const { error } = await world.invoke({});
    expect(error?.errorMessage).toContain(`${SECRET_ARN} has no value: not filled in yet`);
  });
});
