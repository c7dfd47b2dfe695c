/** How many mismatches of an object, and how many figures of a manifest, are reported. The others are counted. */
export const SHOWN = 3;
