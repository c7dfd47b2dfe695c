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

/** For functions that may reach Anodot and AWS only through a VPC. It needs a way out, such as a NAT gateway. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  /** @default the private subnets with a way out */
  readonly vpcSubnets?: SubnetSelection | undefined;
  /** @default a new one that allows all outbound and no inbound traffic */
  readonly securityGroups?: ISecurityGroup[] | undefined;
}

/** How Lambda handles the events that are queued for a function. */
export interface QueuedEvents {
  /** How long an event may wait for a run or for its retry. */
  readonly maxAge: Duration;
  /** Where Lambda reports the events that it gives up. */
  readonly onFailure: IDestination;
}

export interface BundledFunctionProps {
  /** Which bundle to deploy. */
  readonly handler: keyof typeof FUNCTIONS;
  readonly description: string;
  /** Variables that need no permission. */
  readonly environment: { readonly [name: string]: string };
  /** What the function uses: with the log and the VPC, all that it may do. */
  readonly access: readonly Access[];
  readonly memorySize: number;
  readonly timeout: Duration;
  /** How events are handled that are queued for the function; by default nothing is. */
  readonly queued?: QueuedEvents | undefined;
  readonly reservedConcurrency?: number | undefined;
  readonly network?: FunctionNetwork | undefined;
}

/** A function from its bundle, with a log group and a role of its own. CDK's own grants never widen the role. */
export class BundledFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: BundledFunctionProps) {
    super(scope, id);
    // The log of a published run holds its commit's hash: evidence that outlives the stack, as the snapshots do.
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
      description: `What the function ${handler} may do`,
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
      // CDK treats it as a role of another app and adds nothing to it: what an app grants the function goes into the resource's policy.
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
      ? 'Lambda reports what it drops to an event bus. A run that fails says so in its run document and by an alarm.'
      : 'Only the API invokes it, synchronously: no event is queued for it.';
    accept(this.function, 'Serverless-LambdaDLQ', reason);
    accept(
      this.function,
      'Serverless-LambdaTracing',
      'It calls three services in turn, and the log says what each did.',
    );
    if (!network) return;
    for (const id of ['AwsSolutions-IAM5[Resource::*]', 'Serverless-LambdaStarPermissions'])
      accept(this.role, id, 'EC2 knows no resource for most of what Lambda does to reach a VPC.');
  }
}

/** What Lambda does with a function's role to reach a VPC; most of it can't be restricted to a resource. */
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
 * The folder of a bundle, found by `imports` in package.json: `dist/handlers`, in the package as in this project.
 * @throws Error that says how to build it if it is missing
 */
function folderOf(handler: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`#handlers/${handler}/index.js`));
  } catch (error) {
    throw new Error(`the function ${handler} isn't bundled yet: npm run bundle`, { cause: error });
  }
}
