/** When a user counts as dormant in a review, unless the review is opened with another number. */
export const DEFAULT_DORMANT_DAYS = 90;
