/** The part of `UserSnapshotsProps` about the functions and their network. */
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';

export interface FunctionProps {
  /**
   * Memory of the function in MB, from 128 to 10240. More memory also means a faster processor.
   * @example 512
   * @default 256
   */
  readonly memorySize?: number | undefined;
  /**
   * Longest duration of a run in seconds, from 60 to 900.
   * @example 600
   * @default 300
   */
  readonly timeoutSeconds?: number | undefined;
  /**
   * Number of runs that may execute at once, from 1 to 1000. An AWS account with a concurrency quota of 10 can reserve none.
   * @example 2
   * @default nothing is reserved
   */
  readonly reservedConcurrency?: number | undefined;
  /**
   * VPC in which the functions run. It needs a route to Anodot, S3 and Secrets Manager, and with `api` also to Lambda.
   * @example Vpc.fromLookup(this, 'Vpc', { vpcName: 'company' })
   * @default the functions run outside any VPC
   */
  readonly vpc?: IVpc | undefined;
  /**
   * Subnets of `vpc` in which the functions run. They need outbound access, such as a NAT gateway.
   * @example { subnetGroupName: 'Private' }
   * @default the private subnets of `vpc` with outbound access
   */
  readonly vpcSubnets?: SubnetSelection | undefined;
  /**
   * Security groups of the functions in `vpc`. They must allow outbound HTTPS.
   * @example [SecurityGroup.fromSecurityGroupId(this, 'Group', 'sg-0123456789abcdef0')]
   * @default a new group that allows all outbound and no inbound traffic
   */
  readonly securityGroups?: ISecurityGroup[] | undefined;
}
