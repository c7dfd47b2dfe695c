/**
 * The most bytes of a function's bundle. Every start of `take-snapshot` loads 618 kB, and `npm run bench` measures how long that takes.
 * Last measured on an idle development machine: 71 ms, and 2 ms for the client for KMS, 34 kB. As one file it took 84 ms.
 * In Lambda, with 256 MB of memory and a seventh of a processor, both take several times as long.
 */
export const MOST_BYTES = {
  /** The files that every start loads: at most 130 ms. */
  atStart: 620_000,
  /** What a run that signs loads in addition: at most 10 ms. */
  kms: 40_000,
  /** All files, also those that only a special case loads. Deploying them costs no time at start. */
  all: 760_000,
} as const;
