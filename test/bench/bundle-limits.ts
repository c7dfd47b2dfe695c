/**
 * The most bytes of a function's bundle. A process on a development machine takes about 0.2 ms per kilobyte to load them. In Lambda, with
 * 256 MB of memory and a seventh of a processor, it takes several times as long.
 */
export const MOST_BYTES = {
  /** The files that every start loads. */
  atStart: 620_000,
  /** What a run that signs loads in addition. */
  kms: 40_000,
  /** All files, including what only other platforms load. */
  all: 760_000,
} as const;
