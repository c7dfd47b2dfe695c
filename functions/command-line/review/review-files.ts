/** The names of the files in a review's folder. */
export const FILES = {
  review: 'review.json',
  workbook: 'review.xlsx',
  csv: 'review.csv',
  population: 'population.html',
  outcomePage: 'outcome.html',
  outcome: 'outcome.json',
} as const;
