import { newApp } from './new-app.ts';
import { ContextError } from './settings/context.ts';

/** What `cdk` runs, as `app` in cdk.json says: invalid settings end it with their list alone. Synth follows when the process exits. */
try {
  newApp();
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
