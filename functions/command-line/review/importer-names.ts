/** The compliance platforms whose imports a review can be written for. */
export const IMPORTERS = ['vanta', 'scytale'] as const;
export type ImporterName = (typeof IMPORTERS)[number];
