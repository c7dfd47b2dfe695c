/** Limits a query's memory to a share of the container's, so that a query that needs more ends with advice instead of being killed. */
import { availableParallelism, totalmem } from 'node:os';
import { LINE_BYTES } from './tables.ts';

export interface MemoryLimits {
  /** DuckDB's own limit, which doesn't cover the rows handed to Node.js. */
  readonly databaseBytes: number;
  /** For the whole process while rows are read. The rest is for printing them. */
  readonly processBytes: number;
  readonly threads: number;
}

/** Node.js and the memory that DuckDB doesn't count add 100 to 150 MB. Half of 256 MB leaves room for them. */
const DATABASE_SHARE = 0.5;
const PROCESS_SHARE = 0.8;
/** A thread that reads JSON reserves two buffers of the longest line, and needs memory to sort or group. */
const THREAD_BYTES = 8 * LINE_BYTES;

/** @param memory bytes available to this process */
export function memoryLimits(memory = memoryOf(process.constrainedMemory(), totalmem())): MemoryLimits {
  const databaseBytes = Math.floor(memory * DATABASE_SHARE);
  return {
    databaseBytes,
    processBytes: Math.floor(memory * PROCESS_SHARE),
    threads: Math.max(1, Math.min(availableParallelism(), Math.floor(databaseBytes / THREAD_BYTES))),
  };
}

/** @param constrained the container's limit (cgroup). Without one, it is 0 or more than the machine has */
export const memoryOf = (constrained: number, total: number): number =>
  constrained > 0 ? Math.min(constrained, total) : total;
