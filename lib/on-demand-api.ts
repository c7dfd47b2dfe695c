import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import { REQUEST_ACTIONS } from '../functions/snapshot/permissions.ts';
import { BundledFunction, type FunctionNetwork } from './bundled-function.ts';
import { accept, wildcard } from './nag.ts';

export interface OnDemandApiProps {
  /** Takes the snapshots. */
  readonly snapshotFunction: IFunction;
  readonly bucket: IBucket;
  /** Where in the bucket; may be empty. */
  readonly prefix: string;
  readonly instance: string;
  /** Of the bucket, where it is encrypted with one. */
  readonly encryptionKey?: IKey | undefined;
  readonly network?: FunctionNetwork | undefined;
}

/** The one at the root of the URL. */
const STAGE = '$default';
/** Requests a second, and at once: a run is shared for five minutes, and whoever waits for its end asks every five seconds. */
const THROTTLE = { rateLimit: 5, burstLimit: 10 } as const;
/** The function answers before an HTTP API gives up, which it does after thirty seconds. */
const TIMEOUT_SECONDS = 29;

/**
 * An HTTP API by which a snapshot is taken on demand: `POST /snapshots`, `GET /runs/{run_id}`. Nobody may use it who isn't granted it
 * by IAM. It has no CORS: it is for programs, and a browser holds no signature.
 */
export class OnDemandApi extends Construct {
  readonly api: HttpApi;
  /** Without a slash at the end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: OnDemandApiProps) {
    super(scope, id);
    const { function: lambda, role } = new BundledFunction(this, 'RequestSnapshot', {
      handler: 'request-snapshot',
      description: `Starts and reports snapshots of the users of Anodot (${props.instance})`,
      environment: environmentOf(props),
      statements: statementsOf(props),
      memorySize: 256,
      timeout: Duration.seconds(TIMEOUT_SECONDS),
      network: props.network,
    });
    const reason =
      'Run documents, commits and manifests, whose keys hold ids, numbers and dates: those below the prefix.';
    for (const arn of new Set(REQUEST_ACTIONS.flatMap((action) => resourcesOf(props, action)))) {
      if (arn.endsWith('*')) accept(role, wildcard(this, arn), reason);
    }
    this.api = new HttpApi(this, 'Api', {
      apiName: `anodot-user-snapshots-${props.instance}`,
      description: 'Takes snapshots of the users of Anodot on demand',
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    });
    const integration = new HttpLambdaIntegration('RequestSnapshot', lambda);
    this.api.addRoutes({ path: '/snapshots', methods: [HttpMethod.POST], integration });
    this.api.addRoutes({ path: '/runs/{run_id}', methods: [HttpMethod.GET], integration });
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: { destination: new LogGroupLogDestination(this.#accessLog()), format: ACCESS_LOG_FORMAT },
    });
    this.url = stage.url.replace(/\/$/, '');
  }

  /** Allows to start runs, and to read of any run. */
  grantInvoke(grantee: IGrantable): Grant {
    const resourceArns = [
      this.api.arnForExecuteApi('POST', '/snapshots', STAGE),
      this.api.arnForExecuteApi('GET', '/runs/*', STAGE),
    ];
    return Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
  }

  #accessLog(): LogGroup {
    return new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.THIRTEEN_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}

/** Of the caller the account only: the names of sessions are often people's addresses. `lambda_request_id` finds the function's lines. */
const ACCESS_LOG_FORMAT = AccessLogFormat.custom(
  JSON.stringify({
    request_id: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    bytes: '$context.responseLength',
    milliseconds: '$context.responseLatency',
    error: '$context.error.responseType',
    integration_error: '$context.integrationErrorMessage',
    lambda_request_id: '$context.integration.requestId',
    caller_account: '$context.identity.accountId',
  }),
);

function environmentOf({ bucket, prefix, instance, snapshotFunction }: OnDemandApiProps) {
  return {
    [ENVIRONMENT.instance]: instance,
    [ENVIRONMENT.store]: `s3://${bucket.bucketName}${prefix === '' ? '' : `/${prefix}`}`,
    [ENVIRONMENT.snapshotFunction]: snapshotFunction.functionArn,
  };
}

type Action = (typeof REQUEST_ACTIONS)[number];

const resourcesOf = ({ bucket, prefix }: OnDemandApiProps, action: Action): string[] =>
  action.on === 'bucket'
    ? [bucket.bucketArn]
    : action.below.map((folder) => bucket.arnForObjects(`${prefix === '' ? '' : `${prefix}/`}${folder}*`));

function statementsOf(props: OnDemandApiProps): PolicyStatement[] {
  const { bucket, snapshotFunction, encryptionKey } = props;
  const { region, urlSuffix } = Stack.of(bucket);
  const store = REQUEST_ACTIONS.map(
    (action) =>
      new PolicyStatement({
        sid: SIDS[action.action],
        actions: [action.action],
        resources: resourcesOf(props, action),
      }),
  );
  const start = new PolicyStatement({
    sid: 'StartRun',
    actions: ['lambda:InvokeFunction'],
    resources: [snapshotFunction.functionArn],
  });
  if (!encryptionKey) return [...store, start];
  const key = new PolicyStatement({
    sid: 'UseKeyOfBucket',
    actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
    resources: [encryptionKey.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` } },
  });
  return [...store, start, key];
}

const SIDS = {
  's3:GetObject': 'ReadReports',
  's3:PutObject': 'WriteRunDocuments',
  's3:ListBucket': 'FindCommits',
} as const satisfies { readonly [action in Action['action']]: string };
