import { join } from 'node:path';
import { runApp } from './run-app.ts';

/** The app that `cdk` runs: `app` in cdk.json names this file. Its settings file is next to cdk.json, whatever the working directory is. */
runApp(join(import.meta.dirname, '..'));
