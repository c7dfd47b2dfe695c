/**
 * The most bytes of a function's bundle. On an idle development machine, a process loads 590 kB in about 115 ms, and the client for KMS,
 * 34 kB, in another 8 ms. In Lambda, with 256 MB of memory and a seventh of a processor, both take several times as long.
 */
export const MOST_BYTES = {
  /** The files that every start loads: at most 120 ms. */
  atStart: 620_000,
  /** What a run that signs loads in addition: at most 10 ms. */
  kms: 40_000,
  /** All files, also those that only a special case loads. Deploying them costs no time at start. */
  all: 760_000,
} as const;
