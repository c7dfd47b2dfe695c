import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newAccount } from '../../../../support/account-days.ts';
import { OTHER, users } from '../../../../support/gate-verdict.ts';

/** Which snapshot the gate compares with. */

describe("the gate's baseline", () => {
  test("is the newest snapshot, even today's, rather than the day before", async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    await at('2026-11-23T02:15:00Z', users(60));
    await expect(at('2026-11-23T10:00:00Z', users(29))).rejects.toThrow('from 60 (2026-11-23) to 29');
    expect((await at('2026-11-23T11:00:00Z', users(30))).manifest?.user_count).toBe(30);
  });

  test('is the newest sound snapshot if the newest is damaged, which is reported', async () => {
    const { at, folder, warnings } = await newAccount();
    await at('2026-11-21T02:15:00Z', users(100));
    await at('2026-11-22T02:15:00Z', users(60));
    await writeFile(join(folder, 'users/json/dt=2026-11-22/users-2026-11-22.jsonl'), 'edited\n');
    await expect(at('2026-11-23T02:15:00Z', users(49))).rejects.toThrow('from 100 (2026-11-21) to 49');
    expect(warnings).toContain('the snapshot of commit 2 is damaged; comparing with an older one. Run verify');
    expect((await at('2026-11-23T02:16:00Z', users(50))).manifest?.previous_dt).toBe('2026-11-21');
  });

  test("is yesterday's snapshot if today's first run is damaged", async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    await at('2026-11-23T02:15:00Z', users(60));
    await writeFile(join(folder, 'manifests/manifest-2026-11-23.json'), '{}\n');
    await expect(at('2026-11-23T10:00:00Z', users(49))).rejects.toThrow('from 100 (2026-11-22) to 49');
  });

  test('is the newest snapshot even if its rows have expired', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    for (const expired of ['users', 'changes', 'groups']) await rm(join(folder, expired), { recursive: true });
    await expect(at('2026-11-23T02:15:00Z', users(49))).rejects.toThrow('from 100 (2026-11-22) to 49');
  });

  test('is missing if no snapshot is sound, and then only a response that is wrong in itself is refused', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    await writeFile(join(folder, 'commits/00000001.json'), '');
    expect((await at('2026-11-23T02:15:00Z', users(1, OTHER))).manifest?.user_count).toBe(1);
  });
});
