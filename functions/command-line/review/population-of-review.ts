/** What population.html shows. */
import type { Population } from '../../snapshot/review/population.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import type { Commands } from '../account-report/commands.ts';

export interface PopulationOfReview {
  readonly review: Review;
  readonly population: Population;
  /** SHA-256 of review.json. */
  readonly sha256: string;
  readonly location: string;
  readonly commands: Commands;
}
