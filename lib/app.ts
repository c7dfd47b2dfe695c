import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { ContextError, parseSettings, type Settings } from './settings.ts';
import { UserSnapshotsStack } from './user-snapshots-stack.ts';

/** The CDK app: the context's settings make the stack, and what the checks find in it fails synth. */
const app = new App();
const settings = settingsOf(app);
new UserSnapshotsStack(app, settings.stackName ?? 'anodot-user-snapshots', { settings });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

function settingsOf({ node }: App): Settings {
  try {
    return parseSettings(node.getAllContext());
  } catch (error) {
    if (!(error instanceof ContextError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
