import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { DEFAULT_STACK_NAME } from './settings/app-schema.ts';
import { parseSettings } from './settings/context.ts';
import type { SettingsFile } from './settings/settings-file.ts';
import { UserSnapshotsStack } from './user-snapshots-stack.ts';

/** What the app is given besides CDK's own props. */
export interface NewAppOptions {
  /** The region to which the stack will be deployed, as CDK's command line passes it on. Undefined if it isn't known. */
  readonly region?: string | undefined;
  /** Settings that the context may override. */
  readonly file?: SettingsFile | undefined;
}

/**
 * The CDK app: one stack, made from the settings in its context and in a file. Any finding of the checks fails synth.
 * @throws InvalidSettingsError
 */
export function newApp(props: AppProps = {}, { region, file }: NewAppOptions = {}): App {
  const app = new App(props);
  const settings = parseSettings(app.node.getAllContext(), region, file);
  new UserSnapshotsStack(app, settings.stackName ?? DEFAULT_STACK_NAME, { settings });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return app;
}
