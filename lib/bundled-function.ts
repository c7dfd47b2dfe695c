import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type IDestination,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Access } from './access.ts';
import { accept } from './nag.ts';
import type { FUNCTIONS } from './packaging/functions.ts';

/** The runtime that the bundles are built and tested for. */
export const RUNTIME = Runtime.NODEJS_24_X;

/** A network for functions that must reach Anodot and AWS through a VPC. */
export interface FunctionNetwork {
  /** VPC in which the functions run. It needs a route to Anodot and to the AWS services that they use. */
  readonly vpc: IVpc;
  /**
   * Subnets in which the functions run. They need outbound access, such as a NAT gateway.
   * @default the private subnets with outbound access
   */
  readonly vpcSubnets?: SubnetSelection | undefined;
  /**
   * Security groups of the functions. They must allow outbound HTTPS.
   * @default a new group that allows all outbound and no inbound traffic
   */
  readonly securityGroups?: ISecurityGroup[] | undefined;
}

/** How Lambda handles events that are queued for a function. */
export interface QueuedEvents {
  /** How long an event may wait to be run or retried. */
  readonly maxAge: Duration;
  /** The destination to which Lambda reports events that it drops. */
  readonly onFailure: IDestination;
}

export interface BundledFunctionProps {
  /** The bundle to deploy. */
  readonly handler: keyof typeof FUNCTIONS;
  readonly description: string;
  /** Variables that need no permission. */
  readonly environment: { readonly [name: string]: string };
  /** Everything that the function may use, besides its log and its VPC. */
  readonly access: readonly Access[];
  readonly memorySize: number;
  readonly timeout: Duration;
  /** How queued events are handled. Undefined if the function is only invoked synchronously. */
  readonly queued?: QueuedEvents | undefined;
  readonly reservedConcurrency?: number | undefined;
  readonly network?: FunctionNetwork | undefined;
}

/** A function from its bundle, with its own log group and role. CDK's grants never widen the role. */
export class BundledFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    // The log of a published run contains the hash of its commit. This evidence outlives the stack, like the snapshots.
    this.logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.THIRTEEN_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.role = this.#role(props);
    this.function = this.#function(props);
    this.#acceptFindings(props);
  }

  #role({ handler, access, network }: BundledFunctionProps): Role {
    const log = new PolicyStatement({
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
    const statements = [
      ...access.flatMap((one) => one.statements),
      ...access.flatMap((one) => one.keyStatements),
      log,
      ...(network ? [NETWORK_STATEMENT] : []),
    ];
    return new Role(this, 'Role', {
      description: `Permissions of the function ${handler}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Function: new PolicyDocument({ statements, minimize: false }) },
    });
  }

  #function(props: BundledFunctionProps): LambdaFunction {
    return new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: RUNTIME,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(folderOf(props.handler)),
      handler: 'index.handler',
      environment: Object.fromEntries(
        [props, ...props.access].flatMap(({ environment }) => Object.entries(environment)),
      ),
      memorySize: props.memorySize,
      timeout: props.timeout,
      // CDK adds nothing to an imported role. What an app grants the function is added to the resource's policy instead.
      role: Role.fromRoleArn(this, 'GivenRole', this.role.roleArn, { mutable: false, addGrantsToResources: true }),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(props.queued && { maxEventAge: props.queued.maxAge, onFailure: props.queued.onFailure, retryAttempts: 1 }),
      reservedConcurrentExecutions: props.reservedConcurrency,
      ...props.network,
    });
  }

  #acceptFindings({ network, queued }: BundledFunctionProps): void {
    const reason = queued
      ? 'Lambda reports dropped events to an event bus. A failed run is reported by its run document and by an alarm.'
      : 'Only the API invokes it, and synchronously, so no event is queued for it.';
    accept(this.function, 'Serverless-LambdaDLQ', reason);
    accept(
      this.function,
      'Serverless-LambdaTracing',
      'It calls three services in turn, and an error names the call that failed.',
    );
    if (!network) return;
    for (const id of ['AwsSolutions-IAM5[Resource::*]', 'Serverless-LambdaStarPermissions'])
      accept(this.role, id, 'Most of the actions with which Lambda reaches a VPC have no resource.');
  }
}

/** The actions with which Lambda reaches a VPC. Most of them can't be restricted to a resource. */
const NETWORK_STATEMENT = new PolicyStatement({
  sid: 'ReachVpc',
  actions: [
    'ec2:AssignPrivateIpAddresses',
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:UnassignPrivateIpAddresses',
  ],
  resources: ['*'],
});

/**
 * The folder of a bundle. `imports` in package.json finds it in `dist/handlers`, in the package and in this project.
 * @throws Error that names the command that builds the bundle if it is missing
 */
function folderOf(handler: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`#handlers/${handler}/index.js`));
  } catch (error) {
    throw new Error(`the function ${handler} isn't bundled yet: run npm run bundle`, { cause: error });
  }
}
