import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import type { Access } from './access.ts';
import { BundledFunction, type FunctionNetwork } from './bundled-function.ts';
import { accept, wildcard } from './nag.ts';
import { requestAccess, requestFolders, type SnapshotStore } from './store-access.ts';

export interface RequestFunctionProps {
  /** Name of the installation. */
  readonly instance: string;
  /** The function that takes snapshots. */
  readonly snapshotFunction: IFunction;
  /** The snapshots, whose run documents it reads and writes. */
  readonly store: SnapshotStore;
  /**
   * Network in which the function runs.
   * @default outside any VPC
   */
  readonly network?: FunctionNetwork | undefined;
}

/** An HTTP API times out after 30 seconds. The function responds before that. */
const TIMEOUT_SECONDS = 29;

/** The function behind the API starts runs and reports on them. It can access neither the token nor the users. */
export class RequestFunction extends BundledFunction {
  constructor(scope: Construct, id: string, { instance, snapshotFunction, store, network }: RequestFunctionProps) {
    super(scope, id, {
      handler: 'request-snapshot',
      description: `Starts snapshots of Anodot users and reports on them (${instance})`,
      environment: { [ENVIRONMENT.instance]: instance },
      access: [requestAccess(store, scope), startAccess(snapshotFunction)],
      memorySize: 256,
      timeout: Duration.seconds(TIMEOUT_SECONDS),
      network,
    });
    const reason = 'Run documents, commits and manifests under the prefix, whose keys contain ids, numbers and dates.';
    for (const arn of requestFolders(store)) accept(this.role, wildcard(this, arn), reason);
  }
}

const startAccess = ({ functionArn }: IFunction): Access => ({
  environment: { [ENVIRONMENT.snapshotFunction]: functionArn },
  statements: [new PolicyStatement({ sid: 'StartRun', actions: ['lambda:InvokeFunction'], resources: [functionArn] })],
  keyStatements: [],
});
