import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { accept } from './nag.ts';
import type { FUNCTIONS } from './packaging/functions.ts';

/** The one that the bundles are made and tried for. */
export const RUNTIME = Runtime.NODEJS_24_X;

/** For functions that may reach Anodot and AWS through a VPC only. It needs a way out, such as a NAT gateway. */
export interface FunctionNetwork {
  readonly vpc: IVpc;
  /** @default the private subnets with a way out */
  readonly vpcSubnets?: SubnetSelection | undefined;
  /** @default one of its own, which lets everything out and nothing in */
  readonly securityGroups?: ISecurityGroup[] | undefined;
}

export interface BundledFunctionProps {
  /** Which bundle it is. */
  readonly handler: keyof typeof FUNCTIONS;
  readonly description: string;
  readonly environment: { readonly [name: string]: string };
  /** All that the function may do, but for writing its log. */
  readonly statements: PolicyStatement[];
  readonly memorySize: number;
  readonly timeout: Duration;
  readonly reservedConcurrency?: number | undefined;
  readonly network?: FunctionNetwork | undefined;
}

/**
 * A function from its bundle, a log group and a role of its own. The role is written out by hand: what CDK's own grants would add
 * is not taken.
 */
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
    const log = new PolicyStatement({
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    });
    const statements = [...props.statements, log, ...(props.network ? [NETWORK_STATEMENT] : [])];
    this.role = new Role(this, 'Role', {
      description: `What the function ${props.handler} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Function: new PolicyDocument({ statements, minimize: false }) },
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: RUNTIME,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(folderOf(props.handler)),
      handler: 'index.handler',
      environment: props.environment,
      memorySize: props.memorySize,
      timeout: props.timeout,
      // A role that CDK doesn't know as its own, and adds nothing to: what an app grants the function goes into the resource's policy.
      role: Role.fromRoleArn(this, 'GivenRole', this.role.roleArn, { mutable: false, addGrantsToResources: true }),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // An event that waits longer than this is late for its day; a day that is missing rings an alarm.
      maxEventAge: Duration.hours(5),
      retryAttempts: 1,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.network && { vpc: props.network.vpc }),
      ...(props.network?.vpcSubnets && { vpcSubnets: props.network.vpcSubnets }),
      ...(props.network?.securityGroups && { securityGroups: props.network.securityGroups }),
    });
    const told =
      'A run that fails says so in its run document, in the log and by an alarm; its event holds nothing to keep.';
    for (const id of ['Serverless-LambdaDLQ', 'Serverless-LambdaAsyncFailureDestination'])
      accept(this.function, id, told);
    accept(
      this.function,
      'Serverless-LambdaTracing',
      'It calls three services in turn, and the log says what each did.',
    );
    if (!props.network) return;
    for (const id of ['AwsSolutions-IAM5[Resource::*]', 'Serverless-LambdaStarPermissions'])
      accept(this.role, id, 'EC2 knows no resource for most of what Lambda does to reach a VPC.');
  }
}

/** What Lambda does with a function's role to reach a VPC; EC2 knows no resource for most of it. */
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
 * The folder of a bundle: in the package as in this project, `dist/handlers`, by the map `imports` of package.json.
 * @throws Error that says how to make it, where there is none
 */
function folderOf(handler: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve(`#handlers/${handler}/index.js`));
  } catch (error) {
    throw new Error(`the function ${handler} isn't bundled yet: npm run bundle`, { cause: error });
  }
}
