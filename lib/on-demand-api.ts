import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { effective } from './effective-grant.ts';
import { RequestFunction, type RequestFunctionProps } from './request-function.ts';

/** The stage that is served at the root of the URL. */
const STAGE = '$default';
/** Requests per second, and in a burst. Callers share a run for five minutes, and each polls it every five seconds. */
const THROTTLE = { rateLimit: 5, burstLimit: 10 } as const;

export type OnDemandApiProps = RequestFunctionProps;

/**
 * An HTTP API that takes a snapshot on demand: `POST /snapshots` and `GET /runs/{run_id}`. Every caller must be authorized by IAM. There
 * is no CORS, because a browser can't sign requests.
 */
export class OnDemandApi extends Construct {
  /**
   * The API itself.
   * @example snapshots.api?.api.apiId
   */
  readonly api: HttpApi;
  /**
   * URL of the API, without a trailing slash.
   * @example 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com'
   */
  readonly url: string;

  constructor(scope: Construct, id: string, props: OnDemandApiProps) {
    super(scope, id);
    const { function: lambda } = new RequestFunction(this, 'RequestSnapshot', props);
    this.api = this.#api(props.instance, lambda);
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: THROTTLE,
      accessLogSettings: { destination: new LogGroupLogDestination(this.#accessLog()), format: ACCESS_LOG_FORMAT },
    });
    this.url = stage.url.replace(/\/$/, '');
  }

  /**
   * Allows a principal of the same account to start runs and to read the status of any run.
   * @param grantee a role, user, group or managed policy of this app
   * @throws Error for a principal whose policies this app can't change
   * @example snapshots.api?.grantInvoke(operators)
   */
  grantInvoke(grantee: IGrantable): Grant {
    const resourceArns = [
      this.api.arnForExecuteApi('POST', '/snapshots', STAGE),
      this.api.arnForExecuteApi('GET', '/runs/*', STAGE),
    ];
    const grant = Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
    const instead = 'allow it `execute-api:Invoke` yourself, on the ARNs in docs/deploy.md';
    return effective([grant], { grantee, stack: Stack.of(this), instead });
  }

  #api(instance: string, lambda: IFunction): HttpApi {
    const api = new HttpApi(this, 'Api', {
      apiName: `anodot-user-snapshots-${instance}`,
      description: 'Takes snapshots of Anodot users on demand',
      createDefaultStage: false,
      defaultAuthorizer: new HttpIamAuthorizer(),
    });
    const integration = new HttpLambdaIntegration('RequestSnapshot', lambda);
    api.addRoutes({ path: '/snapshots', methods: [HttpMethod.POST], integration });
    api.addRoutes({ path: '/runs/{run_id}', methods: [HttpMethod.GET], integration });
    return api;
  }

  #accessLog(): LogGroup {
    return new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.THIRTEEN_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}

/** Names only the caller's account, because session names are often e-mail addresses. `lambda_request_id` finds the lines in the function's log. */
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
