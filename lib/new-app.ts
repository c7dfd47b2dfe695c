import { App, type AppProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { parseSettings } from './settings/context.ts';
import { UserSnapshotsStack } from './user-snapshots-stack.ts';

/**
 * The CDK app: one stack, made from the settings in its context. Any finding of the checks fails synth.
 * @param region to which the stack will be deployed, as CDK's command line says; undefined if it isn't known
 * @throws ContextError
 */
export function newApp(props: AppProps = {}, region = process.env['CDK_DEFAULT_REGION']): App {
  const app = new App(props);
  const settings = parseSettings(app.node.getAllContext(), region);
  new UserSnapshotsStack(app, settings.stackName ?? 'anodot-user-snapshots', { settings });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return app;
}
