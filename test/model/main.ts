import { parseArgs } from 'node:util';
import { FAULTS } from './faults.ts';
import { describe } from './report.ts';
import { SCENARIOS, scenario } from './scenarios.ts';
import { search } from './search.ts';

// Searches further than the tests do, and prints what it finds: `node test/model/main.ts --disturbances 3`.
// A scenario with `fewer` is searched with that many fewer disturbances.
const { values } = parseArgs({
  options: {
    disturbances: { type: 'string', default: '2' },
    scenario: { type: 'string', multiple: true },
    store: { type: 'string', default: 's3' },
    initiations: { type: 'boolean', default: false },
    /** Disturbs only calls for signatures and public keys. */
    signing: { type: 'boolean', default: false },
    /** Searches the deliberate faults instead of the product, and prints how each breaks a promise. */
    faults: { type: 'boolean', default: false },
  },
});

const { store, initiations, signing } = values;
const bound = Number(values.disturbances);
if (!Number.isInteger(bound) || bound < 0) throw new Error('--disturbances must be a whole number');
let failed = false;
for (const { title, steps, broken, options, scenario: name } of values.faults ? FAULTS : []) {
  const found = await search(scenario(name), { ...options, steps: steps() });
  console.log(`${title}\n${describe(found)}`);
  failed ||= !broken.test(found.counterexample?.broken ?? '');
}
for (const one of values.faults ? [] : (values.scenario?.map(scenario) ?? SCENARIOS)) {
  const disturbances = bound - one.fewer;
  if (disturbances < 0) continue;
  const found = await search(one, { disturbances, store, initiations, disturbed: signing ? 'signing' : 'every call' });
  console.log(describe(found));
  failed ||= found.counterexample !== undefined;
}
if (failed) process.exitCode = 1;
