/** Loads DuckDB, which is installed separately, or says how to install it. */
import { SettingsError } from '../../snapshot/errors.ts';

/** An optional peer dependency of the package: it is many times larger than everything else. */
export const DUCKDB = { name: '@duckdb/node-api', version: '1.5.5-r.5' } as const;

/**
 * Loads the database, and DuckDB with it.
 * @param command the name of the command that needs it
 * @throws SettingsError with the install command if DuckDB, or its build for this platform, is missing
 */
export async function loadDatabase(command: string): Promise<typeof import('./database.ts')> {
  try {
    return await import('./database.ts');
  } catch (error) {
    if (!(error instanceof Error && /^Cannot find (package|module) '@duckdb\//.test(error.message))) throw error;
    throw new SettingsError(`${command} requires DuckDB. Install it: npm install ${DUCKDB.name}@${DUCKDB.version}`, {
      cause: error,
    });
  }
}
