/** Runs SQL with DuckDB, in memory, on the files of the tables only. */
import { type DuckDBConnection, DuckDBInstance, ResultReturnType } from '@duckdb/node-api';
import { OperatorError, SettingsError, type StoreError } from '../../snapshot/errors.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { TABLES } from '../../snapshot/tables/tables.ts';
import type { Cell } from './cells.ts';
import { damageIn, failedWhileReading, failureAgain, failureOf, type Reading, writeFailureIn } from './failure.ts';
import { type MemoryLimits, memoryLimits } from './memory.ts';
import { copySql, type ParquetFile } from './parquet.ts';
import type { QueryResult } from './result.ts';
import { INSTANCE_OPTIONS, setupSql } from './setup-sql.ts';
import { statementOf } from './statement.ts';
import { filesOf, pathOf } from './tables.ts';
import { cellOf } from './values.ts';

export interface DatabaseOptions {
  readonly limits?: MemoryLimits;
  /** The absolute path of the one file that `writeParquet` may write. */
  readonly target?: string;
}

/** DuckDB with the tables and views of a folder. It reads only the files of the tables, and writes nothing except the target. */
export class QueryDatabase {
  readonly #store: Store;
  /** The files that may be read. */
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
   * @param today the UTC date; later partitions aren't read
   */
  static async open(
    store: Store,
    today: string,
    { limits = memoryLimits(), target }: DatabaseOptions = {},
  ): Promise<QueryDatabase> {
    const tables = await Promise.all(TABLES.map((table) => filesOf(table, store, today)));
    const keys = tables.flatMap((table) => table.keys);
    if (keys.length === 0)
      throw new SettingsError(`--store: there is no snapshot in ${store.location}. Take one, or name another folder`);
    const instance = await DuckDBInstance.create(':memory:', INSTANCE_OPTIONS);
    const database = new QueryDatabase(store, keys, instance, await instance.connect(), limits);
    const paths = keys.map((key) => pathOf(store, key));
    await database.#run(setupSql({ store, tables, limits, paths, target }));
    return database;
  }

  /**
   * Starts a query and reads the first batch of rows. Most wrong queries and damaged objects fail here, before anything is printed.
   * @throws SettingsError if the query is wrong, StoreError if an object is damaged; so does reading the batches
   */
  async query(sql: string, interrupt: AbortSignal): Promise<QueryResult> {
    const [reading, first] = await this.#reading(interrupt, async () => {
      const statement = await statementOf(this.#connection, sql, (error) => this.#damageIn(error));
      const started: Reading = { statement, result: await statement.stream() };
      return [started, await this.#batch(started)] as const;
    });
    const batches = async function* (this: QueryDatabase) {
      for (let rows = first; ; rows = await this.#reading(interrupt, () => this.#batch(reading))) {
        yield rows;
        if (rows.length < BATCH_ROWS) return;
      }
    };
    return { names: reading.result.deduplicatedColumnNames(), batches: () => batches.call(this) };
  }

  /**
   * Writes the rows of a query of our own to the target, which must exist.
   * @returns the number of rows
   * @throws OutputError if the target can't be written, otherwise as `query`
   */
  writeParquet(select: string, file: ParquetFile, interrupt: AbortSignal): Promise<number> {
    return this.#reading(interrupt, async () => {
      try {
        return (await this.#connection.run(copySql(select, file))).rowsChanged;
      } catch (error) {
        throw writeFailureIn(error, file.target) ?? error;
      }
    });
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

  /** Calls DuckDB. An interrupt stops the call. Failures become errors for the operator. */
  async #reading<T>(interrupt: AbortSignal, work: () => Promise<T>): Promise<T> {
    let again: NodeJS.Timeout | undefined;
    const stop = () => {
      this.#connection.interrupt();
      again = setInterval(() => this.#connection.interrupt(), 20); // DuckDB forgets one that arrives before the query begins
    };
    interrupt.addEventListener('abort', stop);
    try {
      interrupt.throwIfAborted();
      return await work();
    } catch (error) {
      interrupt.throwIfAborted();
      throw error instanceof OperatorError ? error : (this.#damageIn(error) ?? failureOf(error));
    } finally {
      interrupt.removeEventListener('abort', stop);
      clearInterval(again);
    }
  }

  /** At least BATCH_ROWS rows, or the last rows: DuckDB's own chunks may be as small as a day of a small account. */
  async #batch({ statement, result }: Reading): Promise<Cell[][]> {
    const rows: Cell[][] = [];
    while (rows.length < BATCH_ROWS) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) {
        if (result.returnType === ResultReturnType.INVALID) throw await failureAgain(statement);
        break;
      }
      if (process.memoryUsage.rss() > this.#limits.processBytes) throw failedWhileReading('Out of Memory');
      for (const row of chunk.getRows()) rows.push(row.map(cellOf));
    }
    return rows;
  }

  #damageIn(error: unknown): StoreError | undefined {
    return damageIn(error, this.#store, this.#keys);
  }
}

/** Enough rows to measure a table by, and few enough to hold. */
const BATCH_ROWS = 2048;
