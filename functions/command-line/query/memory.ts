/** How much memory a query may take: a part of the container's, not of the machine's, so that it ends with advice and isn't killed. */
import { availableParallelism, totalmem } from 'node:os';
import { LINE_BYTES } from './tables.ts';

export interface MemoryLimits {
  /** DuckDB's own limit, which doesn't count the answer. */
  readonly databaseBytes: number;
  /** Of the whole process, while the answer is collected. What is left is for printing it. */
  readonly processBytes: number;
  readonly threads: number;
}

/** Node.js and what DuckDB doesn't count take 100 to 150 MB on top: a half leaves room for them in a container of 256 MB. */
const DATABASE_SHARE = 0.5;
const PROCESS_SHARE = 0.8;
/** A thread that reads JSON reserves two buffers of the longest line, and has to sort or to group as well. */
const THREAD_BYTES = 8 * LINE_BYTES;

/** @param memory bytes that there are for this process */
export function memoryLimits(memory = memoryOf(process.constrainedMemory(), totalmem())): MemoryLimits {
  const databaseBytes = Math.floor(memory * DATABASE_SHARE);
  return {
    databaseBytes,
    processBytes: Math.floor(memory * PROCESS_SHARE),
    threads: Math.max(1, Math.min(availableParallelism(), Math.floor(databaseBytes / THREAD_BYTES))),
  };
}

/** @param constrained the limit of the container (cgroup); 0, or more than the machine has, if there is none */
export const memoryOf = (constrained: number, total: number): number =>
  constrained > 0 ? Math.min(constrained, total) : total;
