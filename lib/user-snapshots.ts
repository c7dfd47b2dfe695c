import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Installation } from './installation.ts';
import { choicesOf } from './settings/props.ts';
import type { UserSnapshotsProps } from './user-snapshots-props.ts';

export type { Format } from '../functions/snapshot/contract.ts';
export type { AlarmName, SnapshotAlarms } from './alarms.ts';
export { AthenaCatalog, type AthenaCatalogProps } from './athena/athena-catalog.ts';
export type { FunctionNetwork } from './bundled-function.ts';
export type { Installation } from './installation.ts';
export { OnDemandApi, type OnDemandApiProps } from './on-demand-api.ts';
export type { RequestFunctionProps } from './request-function.ts';
export type { MetricName, SnapshotMetricOptions } from './snapshot-metric.ts';
export type { SnapshotStore } from './store-access.ts';
export type { UserSnapshotsProps } from './user-snapshots-props.ts';

/**
 * Takes a snapshot of the users of an Anodot account every day. An alarm fires if one is missing. You can deploy several to one stack and
 * to one AWS account.
 * @example new UserSnapshots(this, 'AnodotUsers', { alarmEmail: 'security@example.com' })
 */
export class UserSnapshots extends Installation {
  /** @throws Error that lists every prop that is unknown, invalid, or conflicts with another */
  constructor(scope: Construct, id: string, props: UserSnapshotsProps = {}) {
    super(scope, id, choicesOf(props, Stack.of(scope)), props);
  }
}
