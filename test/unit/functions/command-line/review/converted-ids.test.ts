import fc from 'fast-check';
import { expect, test } from 'vitest';
import { convertedIds } from '../../../../../functions/command-line/review/converted-ids.ts';

const anyId = fc.oneof(
  fc.stringMatching(/^0{0,3}[1-9]\d{0,2}$/),
  fc.stringMatching(/^1234567[0-9]{15}$/),
  fc.stringMatching(/^[1-3]e[1-3]$/),
  fc.constantFrom('true', 'True', 'false', 'WAHR', 'x', '', '-12', '1,5'),
);

test('An id is counted among those that a spreadsheet may show like a cell exactly if it may have been converted to it.', () => {
  fc.assert(
    fc.property(fc.array(anyId, { maxLength: 12 }), anyId, (ids, cell) => {
      const { count, isConverted } = convertedIds(ids);
      const expected = ids.filter((id) => isConverted(id, cell)).length;
      expect(Math.min(count(cell), 2)).toBe(Math.min(expected, 2));
    }),
    { numRuns: 1000 },
  );
});
