/** Accepts a query only if it is one statement that reads. */
import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api';
import { SettingsError, type StoreError } from '../../snapshot/errors.ts';
import { messageOf } from './failure.ts';

/** Comments, white space and semicolons. */
const NOTHING = /--.*$|\/\*[\s\S]*?\*\/|[\s;]/gm;

/**
 * The one statement of the text. DuckDB's message about a wrong statement quotes nothing except the text.
 * @param damageIn recognizes that a table can't be read
 * @throws SettingsError if the text isn't one SELECT without parameters
 */
export async function statementOf(
  connection: DuckDBConnection,
  sql: string,
  damageIn: (error: unknown) => StoreError | undefined,
): Promise<DuckDBPreparedStatement> {
  if (sql.replaceAll(NOTHING, '') === '') throw new SettingsError('the query is empty');
  try {
    const statements = await connection.extractStatements(sql);
    const statement = statements.count === 1 ? await statements.prepare(0) : undefined;
    if (statement?.statementType === StatementType.SELECT && statement.parameterCount === 0) return statement;
  } catch (error) {
    throw damageIn(error) ?? new SettingsError(`invalid query: ${messageOf(error)}`, { cause: error });
  }
  throw new SettingsError('the query must be one SELECT, without parameters: the tables can only be read');
}
