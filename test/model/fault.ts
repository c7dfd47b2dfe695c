import type { PublishingSteps } from '../../functions/snapshot/publish.ts';
import type { SearchOptions } from './search.ts';

/** A part of the protocol that is replaced by a faulty one, and the search that must find the promise it breaks. */
export interface Fault {
  /** Completes the sentence "a search finds the broken promise if …". */
  readonly title: string;
  /** The steps of publishing with the fault in them. */
  readonly steps: () => PublishingSteps;
  readonly scenario: string;
  readonly options: Omit<SearchOptions, 'steps'>;
  /** Matches the broken promise that the search must report. */
  readonly broken: RegExp;
}
