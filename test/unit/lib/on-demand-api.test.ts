import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { accept, wildcard } from '../../../lib/nag.ts';
import { KEY, resolvedIn, SNAPSHOT_FUNCTION, statementsOf, synthesiseApi } from '../../support/cdk/api-template.ts';
import { only, type Synthesis } from '../../support/cdk/synthesis.ts';

const ofType = ({ resources }: Synthesis, type: string) => Object.values(resources).filter(({ Type }) => Type === type);
const objects = (folder: string) => `arn:aws:s3:::snapshots/${folder}/*`;
const LOG = expect.stringMatching(/^ApiRequestSnapshotLog\w+\.Arn$/);

/** Everything that the function may do, except write its log. */
const POLICY = [
  {
    Sid: 'ReadReports',
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: [objects('access/commits'), objects('access/manifests'), objects('access/runs')],
  },
  { Sid: 'WriteRunDocuments', Effect: 'Allow', Action: 's3:PutObject', Resource: objects('access/runs') },
  { Sid: 'FindCommits', Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::snapshots' },
  { Sid: 'StartRun', Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: SNAPSHOT_FUNCTION },
];
const WRITE_LOG = {
  Sid: 'WriteLog',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: LOG,
};

describe('the function behind the API', () => {
  test('may read reports, write run documents, find commits, start runs, write its log, and nothing else', async () => {
    const synthesis = await synthesiseApi();
    expect(statementsOf(synthesis)).toEqual([...POLICY, WRITE_LOG]);
    expect(ofType(synthesis, 'AWS::IAM::Policy')).toEqual([]);
    expect(only(synthesis, 'AWS::IAM::Role')[1].Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test("may use the bucket's key, if it has one, and only through S3", async () => {
    const use = {
      Sid: 'UseKeyOfBucket',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: KEY,
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } },
    };
    expect(statementsOf(await synthesiseApi({ encrypted: true }))).toEqual([...POLICY, use, WRITE_LOG]);
  });

  test('may do the same at the root of a store without a prefix', async () => {
    const [reports, documents] = statementsOf(await synthesiseApi({ prefix: '' }));
    expect(reports).toHaveProperty('Resource', [objects('commits'), objects('manifests'), objects('runs')]);
    expect(documents).toHaveProperty('Resource', objects('runs'));
  });

  test('has the store, the function to invoke and its instance in its environment, and no secret', async () => {
    const { Properties } = only(await synthesiseApi(), 'AWS::Lambda::Function')[1];
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Timeout: 29, MemorySize: 256 });
    expect(Properties['Environment']).toEqual({
      Variables: {
        SNAPSHOT_INSTANCE: 'emea',
        SNAPSHOT_STORE: 's3://snapshots/access',
        SNAPSHOT_FUNCTION,
      },
    });
  });

  test('can be invoked only by this API', async () => {
    const synthesis = await synthesiseApi();
    const [api] = only(synthesis, 'AWS::ApiGatewayV2::Api');
    const permissions = ofType(synthesis, 'AWS::Lambda::Permission');
    expect(permissions).toHaveLength(2);
    for (const { Properties } of permissions) {
      expect(Properties).toMatchObject({ Action: 'lambda:InvokeFunction', Principal: 'apigateway.amazonaws.com' });
      expect(JSON.stringify(Properties['SourceArn'])).toContain(`{"Ref":"${api}"}`);
    }
  });
});

describe('the API', () => {
  test('has two routes, each of which requires IAM authorization', async () => {
    const synthesis = await synthesiseApi();
    const routes = ofType(synthesis, 'AWS::ApiGatewayV2::Route').map(({ Properties }) => Properties);
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual(['GET /runs/{run_id}', 'POST /snapshots']);
    for (const route of routes) expect(route).toMatchObject({ AuthorizationType: 'AWS_IAM' });
    expect(ofType(synthesis, 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });

  test('has no CORS, sends events in format 2.0, and is named after its instance', async () => {
    const synthesis = await synthesiseApi();
    const { Properties } = only(synthesis, 'AWS::ApiGatewayV2::Api')[1];
    expect(Properties).toEqual({
      Name: 'anodot-user-snapshots-emea',
      Description: 'Takes snapshots of Anodot users on demand',
      ProtocolType: 'HTTP',
    });
    expect(only(synthesis, 'AWS::ApiGatewayV2::Integration')[1].Properties).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
  });

  test("is throttled, and logs every request without the caller's identity", async () => {
    const synthesis = await synthesiseApi();
    const { Properties } = only(synthesis, 'AWS::ApiGatewayV2::Stage')[1];
    const [log, { Properties: kept }] = only(synthesis, 'AWS::Logs::LogGroup', 'AccessLog');
    expect(Properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
      AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': [log, 'Arn'] } },
    });
    expect(kept).toEqual({ RetentionInDays: 400 });
    const { Format } = z.object({ Format: z.string() }).parse(Properties['AccessLogSettings']);
    const logged = z.record(z.string(), z.string().regex(/^\$context\.[\w.]+$/)).parse(JSON.parse(Format));
    expect(Object.values(logged)).toContain('$context.requestId');
    expect(Format).not.toMatch(/identity\.(?!accountId)|authorizer|header|querystring|\$context\.path/i);
  });

  test('can be invoked by a grantee and by no one else', async () => {
    let url: unknown;
    const synthesis = await synthesiseApi({
      more: (stack, api) => {
        const caller = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
        api.grantInvoke(caller);
        accept(caller, wildcard(caller, api.api.arnForExecuteApi('GET', '/runs/*', '$default')), 'any run');
        url = stack.resolve(api.url);
      },
    });
    const [api] = only(synthesis, 'AWS::ApiGatewayV2::Api');
    const { PolicyDocument } = only(synthesis, 'AWS::IAM::Policy')[1].Properties;
    const { Statement } = z.object({ Statement: z.array(z.looseObject({ Action: z.string() })) }).parse(PolicyDocument);
    const base = `arn:aws:execute-api:eu-central-1:123456789012:${api}/$default`;
    expect(resolvedIn(synthesis, Statement)).toEqual([
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${base}/POST/snapshots`, `${base}/GET/runs/*`] },
    ]);
    expect(resolvedIn(synthesis, url)).toBe(`https://${api}.execute-api.eu-central-1.amazonaws.com`);
  });
});

test('cdk-nag finds nothing in the API with any of its options', async () => {
  for (const options of [{}, { encrypted: true }, { prefix: '' }, { prefix: 'a/b', bucketName: 'others' }])
    await expect(synthesiseApi(options)).resolves.toBeDefined();
});
