/** The time when the documents' examples run. Its date is the sample account's last day. */
export const NOW = '2026-11-26T09:00:00.000Z';
