/** Bounds the memory that a filled sheet can take, whatever it claims to be. 100,000 users need a tenth of it. */
import { unzipSync } from 'fflate';
import { SettingsError } from '../../snapshot/errors.ts';

/** Of a sheet. */
export const MOST_BYTES = 300_000_000;
/** Of all parts of a workbook, unpacked. */
const MOST_UNPACKED = 600_000_000;
/** No part is packed more densely. */
const MOST_RATIO = 1032;

/**
 * Only reads the archive's directory. What unpacks to more than the directory says is an error when it is read.
 * @throws SettingsError if its parts are too large @throws Error if it isn't an archive
 */
export function refuseLargeWorkbook(path: string, bytes: Uint8Array): void {
  let unpacked = 0;
  unzipSync(bytes, {
    filter: ({ size, originalSize }) => {
      unpacked += originalSize === 0 ? size * MOST_RATIO : originalSize;
      return false;
    },
  });
  if (unpacked > MOST_UNPACKED)
    throw new SettingsError(
      `${path} unpacks to more than ${MOST_UNPACKED / 1e6} MB. Use the sheet that review open wrote`,
    );
}
