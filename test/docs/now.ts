/** The moment at which the documents' examples are run: the sample account's last day is the date of it. */
export const NOW = '2026-11-26T09:00:00.000Z';
