import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { runAt } from '../../../../../support/clock.ts';
import { doctor, linesOf, verifyDeep, verifyOnly } from '../../../../../support/doctored.ts';
import { NASTY } from '../../../../../support/odd-users.ts';
import { newFolder, take } from '../../../../../support/take.ts';

/** Whatever the account's users are, a published day is recomputed to the same bytes, and an edited row is found. */

const DAYS = ['2026-11-23', '2026-11-24', '2026-11-25'] as const;

const text = fc.oneof(fc.constantFrom(...NASTY, '\ud800', 'x\udc00'), fc.string({ unit: 'binary', maxLength: 8 }));
const odd = fc.oneof(text, fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(null, 1e300, -0, 2 ** 53 + 2));
const role = fc.oneof(fc.constantFrom('customer-admin', 'customer-user', '__proto__', '1'), text);
const time = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const or = <T>(usual: fc.Arbitrary<T>) => fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: odd });

const record = fc
  .record(
    {
      createdAt: or(time),
      firstName: or(text),
      firtName: or(text),
      lastName: or(text),
      email: or(text),
      roles: or(fc.array(role, { maxLength: 3 })),
      disabled: or(fc.boolean()),
      groups: or(fc.array(text, { maxLength: 3 })),
      defaultGroup: or(text),
      lastActive: or(time),
      badge: odd,
      constructor: odd,
    },
    { requiredKeys: [] },
  )
  .map((fields) => ({ ...fields, ownerOrganization: 'organization' }));

/** Users by a few ids, so that days have some in common. */
const account = fc
  .uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 6 })
  .chain((ids) => fc.tuple(...ids.map((id) => record.map((fields) => ({ _id: `user-${id}`, ...fields })))));

/** Users, some of them twice, as JSON with any white space. */
const response = fc
  .tuple(account, fc.boolean(), fc.constantFrom('', ' ', '\n\t'))
  .map(([users, twice, space]) => JSON.stringify(twice ? [...users, ...users] : users, null, space));

async function publishedDays(folder: string, responses: readonly string[]): Promise<void> {
  const store = new FolderStore(folder);
  for (const [i, users] of responses.entries()) {
    const at = new Date(`${DAYS[i]}T02:15:00Z`);
    const server = await serveAnodot({ users: answer(users, 200, { date: at.toUTCString() }) });
    const environment = { SNAPSHOT_ALLOW_EMPTY: 'true' };
    await take({ url: server.url, store, environment, run: { ...runAt(at), force: true } }).finally(server.close);
  }
}

test('verify --deep recomputes the same bytes whatever the account is, and finds an edited row', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(response, { minLength: 1, maxLength: DAYS.length }),
      fc.nat(),
      async (responses, which) => {
        const folder = await newFolder();
        try {
          await publishedDays(folder, responses);
          const verification = await verifyDeep(folder);
          expect(linesOf(verification)).toEqual([]);
          expect(verification).toMatchObject({ status: 'sound', recomputed: responses.length });
          expect(new Set(verification.days.map(({ recomputed }) => recomputed))).toEqual(new Set(['all']));

          const dt = DAYS[which % responses.length] ?? DAYS[0];
          const edit = (rows: string) =>
            rows.replace('"owner_organization":"organization"', '"owner_organization":"x"');
          await doctor(folder, dt, { texts: { json: edit } });
          expect((await verifyOnly(folder)).status).toBe('sound');
          const hasUsers = (verification.days.find((day) => day.dt === dt)?.users ?? 0) > 0;
          expect((await verifyDeep(folder)).status).toBe(hasUsers ? 'damaged' : 'sound');
        } finally {
          await rm(folder, { recursive: true });
        }
      },
    ),
    { numRuns: 25 },
  );
});
