import { newApp } from './new-app.ts';
import { InvalidSettingsError } from './settings/invalid-settings-error.ts';
import { readSettingsFile } from './settings/settings-file.ts';

/**
 * Runs the CDK app for CDK's command line. The app is synthesized when the process exits. If settings are invalid, prints only their list,
 * and ends with code 1.
 * @param folder with cdk.json and, if there is one, settings.json
 */
export function runApp(folder: string): void {
  try {
    newApp({}, { region: process.env['CDK_DEFAULT_REGION'], file: readSettingsFile(folder) });
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
