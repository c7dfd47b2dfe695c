/** Matches a company's list of people with the users of an account. */

/** How the list of people was read. `column` and `addresses` are as in review.json. */
export interface PeopleMatch {
  readonly file: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  /** The name of the column that the addresses are from. */
  readonly column: string;
  /** Distinct addresses of people who are employed, in that column and in columns of further addresses. */
  readonly addresses: number;
  /** Rows of people who are marked as no longer employed. They count as not on the list. */
  readonly departed: number;
  /** Users whose address is on the list. */
  readonly matched: number;
}
