import { newApp } from './new-app.ts';
import { ContextError } from './settings/context.ts';

// Run by `cdk`, by the line `app` of cdk.json. Synth follows by itself when this is over.
try {
  newApp();
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
