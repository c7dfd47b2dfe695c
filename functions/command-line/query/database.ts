/** Answers SQL with DuckDB, in memory, from the files of the tables alone. */
import {
  type DuckDBConnection,
  type DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  StatementType,
} from '@duckdb/node-api';
import { SettingsError, StoreError } from '../../snapshot/errors.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { TABLES } from '../../snapshot/tables/tables.ts';
import { sqlOf, VIEWS } from '../../snapshot/tables/views.ts';
import type { Answer } from './answer.ts';
import { MACROS } from './macros.ts';
import { type MemoryLimits, memoryLimits } from './memory.ts';
import { filesOf, globOf, literal, pathOf, quoted, tableSql } from './tables.ts';
import { cellOf } from './values.ts';

/** DuckDB, in memory, over the tables and views of a folder. It reads the files of the tables and nothing else, and writes nothing. */
export class QueryDatabase {
  readonly #store: Store;
  /** Of all files that may be read. */
  readonly #keys: readonly string[];
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #limits: MemoryLimits;

  private constructor(
    store: Store,
    keys: readonly string[],
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    limits: MemoryLimits,
  ) {
    this.#store = store;
    this.#keys = keys;
    this.#instance = instance;
    this.#connection = connection;
    this.#limits = limits;
  }

  /**
   * @param store of a folder
   * @param today the UTC date; a later partition isn't read
   */
  static async open(store: Store, today: string, limits = memoryLimits()): Promise<QueryDatabase> {
    const tables = await Promise.all(TABLES.map((table) => filesOf(table, store, today)));
    const keys = tables.flatMap((table) => table.keys);
    if (keys.length === 0) throw new SettingsError(`--store: there is no snapshot in ${store.location}`);
    const instance = await DuckDBInstance.create(':memory:', WITHOUT_EXTENSIONS);
    const database = new QueryDatabase(store, keys, instance, await instance.connect(), limits);
    const paths = keys.map((key) => pathOf(store, key));
    await database.#run([
      ...SETTINGS,
      `set memory_limit = '${Math.floor(limits.databaseBytes / 2 ** 20)}MiB'`,
      `set threads = ${limits.threads}`,
      `set allowed_paths = [${[...paths, ...paths.map(globOf)].map(literal).join(', ')}]`,
      'set enable_external_access = false',
      ...MACROS.map((macro) => `create macro ${macro}`),
      ...tables.map((table) => tableSql(table, store)),
      ...VIEWS.map(({ name }) => `create view ${quoted(name)} as ${sqlOf(name)}`),
      'set lock_configuration = true',
    ]);
    return database;
  }

  /**
   * The whole answer to one query, before a row of it is printed.
   * @throws SettingsError where the query is wrong, StoreError where an object is damaged
   */
  async query(sql: string, interrupt: AbortSignal): Promise<Answer> {
    let again: NodeJS.Timeout | undefined;
    const stop = () => {
      this.#connection.interrupt();
      again = setInterval(() => this.#connection.interrupt(), 20); // one that comes before the query begins is forgotten
    };
    interrupt.addEventListener('abort', stop);
    try {
      interrupt.throwIfAborted();
      return await this.#answer(sql);
    } catch (error) {
      interrupt.throwIfAborted();
      throw error;
    } finally {
      interrupt.removeEventListener('abort', stop);
      clearInterval(again);
    }
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #run(statements: readonly string[]): Promise<void> {
    for (const statement of statements) {
      try {
        await this.#connection.run(statement);
      } catch (error) {
        throw this.#damageIn(error) ?? error;
      }
    }
  }

  async #answer(sql: string): Promise<Answer> {
    const statement = await this.#statement(sql);
    try {
      const result = await statement.stream();
      const chunks: DuckDBDataChunk[] = [];
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        if (process.memoryUsage.rss() > this.#limits.processBytes) throw failedWhileReading('Out of Memory');
        chunks.push(chunk);
      }
      return answerOf(result.deduplicatedColumnNames(), chunks);
    } catch (error) {
      throw this.#damageIn(error) ?? failureOf(error);
    }
  }

  /** The one statement of the text. What DuckDB says of a wrong one quotes nothing but the text. */
  async #statement(sql: string): Promise<DuckDBPreparedStatement> {
    if (sql.replaceAll(NOTHING, '') === '') throw new SettingsError('the query is empty');
    try {
      const statements = await this.#connection.extractStatements(sql);
      const statement = statements.count === 1 ? await statements.prepare(0) : undefined;
      if (statement?.statementType === StatementType.SELECT && statement.parameterCount === 0) return statement;
    } catch (error) {
      throw this.#damageIn(error) ?? new SettingsError(`the query is wrong: ${messageOf(error)}`, { cause: error });
    }
    throw new SettingsError('the query must be one SELECT, without parameters: the tables can only be read');
  }

  /** The object that can't be read, where the failure names one. The message itself may quote what stands in it. */
  #damageIn(error: unknown): StoreError | undefined {
    const message = messageOf(error);
    if (/^(Parser|Binder|Catalog) Error/.test(message)) return undefined; // it quotes the query
    const named = this.#keys.filter((key) => {
      const path = pathOf(this.#store, key);
      return message.includes(path) || message.includes(globOf(path));
    });
    const key = named.sort((a, b) => b.length - a.length)[0];
    return key === undefined
      ? undefined
      : new StoreError(`${this.#store.location}: ${key} can't be read as rows of its table. Run verify`);
  }
}

const WITHOUT_EXTENSIONS = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

function answerOf(names: readonly string[], chunks: readonly DuckDBDataChunk[]): Answer {
  const rows = function* () {
    for (const chunk of chunks) yield* chunk.getRows().map((row) => row.map(cellOf));
  };
  return { names, rowCount: chunks.reduce((sum, { rowCount }) => sum + rowCount, 0), rows };
}

/** Comments, white space and semicolons. */
const NOTHING = /--.*$|\/\*[\s\S]*?\*\/|[\s;]/gm;

/** As in Athena: times in UTC, nulls last, a quotient of integers an integer. Nothing is written to the disk, also where memory ends. */
const SETTINGS = [`set TimeZone = 'UTC'`, `set integer_division = true`, `set temp_directory = ''`];

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^Failed to extract statements: /, '') : String(error);

const ADVICE: { readonly [kind: string]: string } = {
  'Out of Memory': 'ask for fewer days or columns, or give it more memory',
  Permission: 'only the tables and views can be read',
};

/** A failure while rows were read: the message may quote them, so only its kind is told. */
function failureOf(error: unknown): unknown {
  const [, kind] = /^([A-Z][A-Za-z ]+) Error:/.exec(messageOf(error)) ?? [];
  return kind === undefined ? error : failedWhileReading(kind);
}

const failedWhileReading = (kind: string): SettingsError =>
  new SettingsError(
    `the query failed while it read rows (${kind}): ${ADVICE[kind] ?? 'a value is not what it expects, perhaps: try_cast helps'}`,
  );
