import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { damaged, interrupted, note } from '../../../../../functions/snapshot/verify/findings.ts';
import { shownKey, shownMessage } from '../../../../../functions/snapshot/verify/shown-key.ts';
import { VERIFICATION, verificationDocument } from '../../../../../functions/snapshot/verify/verification-document.ts';
import type { Verification } from '../../../../../functions/snapshot/verify/verify.ts';
import { MARK } from '../../../../support/canary.ts';

const SOUND: Verification = {
  status: 'sound',
  code: 0,
  days: [
    { dt: '2026-11-24', commit: 1, status: 'sound', users: 3 },
    { dt: '2026-11-25', commit: 2, status: 'sound', users: 3 },
  ],
  missing_days: [],
  refused_days: [],
  nearest_days: [],
  findings: [],
  commits: 2,
  newest_commit: 2,
  newest_commit_sha256: 'ab'.repeat(32),
  signatures: {
    checked_with: 'given keys',
    keys: [],
    unused_keys: 0,
    valid: [
      { first: 1, last: 3 },
      { first: 5, last: 5 },
    ],
    invalid: [{ first: 6, last: 6 }],
    unsigned: [],
  },
};
const AT = {
  startedAt: new Date('2026-11-26T05:00:00.123Z'),
  endedAt: new Date('2026-11-26T05:00:04.000Z'),
  instance: 'emea',
  signingKey: null,
};
const documentOf = (changes: Partial<Verification>) =>
  VERIFICATION.parse(verificationDocument({ ...SOUND, ...changes }, AT));

describe('the document of a verification', () => {
  test('says what was checked, when, by which version and for which instance', () => {
    expect(documentOf({})).toEqual({
      schema_version: 1,
      started_at: '2026-11-26T05:00:00.123Z',
      ended_at: '2026-11-26T05:00:04.000Z',
      status: 'sound',
      complete: true,
      stopped_during: null,
      commits: 2,
      newest_commit: 2,
      newest_commit_sha256: 'ab'.repeat(32),
      days_verified: 2,
      days_left: 0,
      first_day: '2026-11-24',
      last_day: '2026-11-25',
      signatures: { checked_with: 'given keys', valid: 4, invalid: 1, unsigned: 0, unsigned_recently: null },
      signing_key: null,
      damaged: 0,
      findings: [],
      findings_omitted: 0,
      program_version: expect.any(String),
      instance: 'emea',
    });
  });

  test('says how far it came if it was stopped', () => {
    const stopped = { during: 'days', days_left: 33 } as const;
    expect(documentOf({ status: 'unfinished', stopped })).toMatchObject({
      status: 'unfinished',
      complete: false,
      stopped_during: 'days',
      days_verified: 2,
      days_left: 33,
    });
    const early = { status: 'unfinished', days: [], stopped: { during: 'commits', days_left: null } } as const;
    expect(documentOf(early)).toMatchObject({ complete: false, days_left: null, first_day: null, last_day: null });
  });

  test('holds at most fifty findings, the worst first, and counts the rest', () => {
    const findings = [
      ...Array.from({ length: 60 }, (_, n) => note(KEYS.commit(n + 1), 'is old')),
      interrupted(KEYS.commit(61), 'waits'),
      damaged(KEYS.commit(62), 'x'.repeat(10_000)),
    ];
    const document = documentOf({ status: 'damaged', findings });
    expect(document.findings).toHaveLength(50);
    expect(document.findings.slice(0, 3).map(({ key }) => key)).toEqual([61 + 1, 61, 1].map(KEYS.commit));
    expect(document.findings[0]?.message).toHaveLength(300);
    expect(document).toMatchObject({ damaged: 1, findings_omitted: 12 });
    expect(Buffer.byteLength(JSON.stringify(document))).toBeLessThan(64_000);
  });
});

describe('a key in a log or document', () => {
  const dt = '2026-11-23';
  test.each([
    ...[KEYS.json, KEYS.csv, KEYS.changes, KEYS.groups, KEYS.manifest].map((keyOf) => keyOf(dt)),
    KEYS.commit(42),
    KEYS.commit(123_456_789),
    KEYS.signature(42, '1f0c9a77'),
    KEYS.publicKey('ab'.repeat(32)),
    KEYS.run('20261123T021500Z-schedule'),
    KEYS.run('20261123T021500Z-api'),
    KEYS.run('20261123T081203Z-1f0c9a77'),
    KEYS.raw(dt, '20261123T021500Z-schedule', '1f0c9a77'),
  ])('is shown whole if this product writes it: %s', (key) => {
    expect(shownKey(key)).toBe(key);
    expect(shownMessage(`does not match the hash in ${key}: one was edited`)).toBe(
      `does not match the hash in ${key}: one was edited`,
    );
  });

  test.each([
    [`users/json/dt=${dt}/jane.doe@example.com.jsonl`, 'users/…'],
    [`users/json/dt=${dt}/users-${dt}.jsonl.jane`, 'users/…'],
    ['runs/Jane-Doe.json', 'runs/…'],
    ['commits/jane.json', 'commits/…'],
    [`keys/${'ab'.repeat(32)}.jane.pem`, 'keys/…'],
    ['jane@example.com', '…'],
  ])('is cut to its folder if it may hold a name: %s', (key, shown) => {
    expect(shownKey(key)).toBe(shown);
  });

  test('never shows a name that someone put into the store, whatever surrounds it', () => {
    const folder = fc.constantFrom('users/', 'users/json/', 'runs/', 'commits/', 'keys/', 'manifests/', 'changes/');
    const rest = fc.stringMatching(/^[\w.@=/-]{0,20}$/);
    fc.assert(
      fc.property(folder, rest, rest, (start, one, other) => {
        const key = `${start}${one}${MARK}${other}`;
        expect(shownKey(key)).not.toContain(MARK);
        expect(shownMessage(`is missing, though ${key} says that it was published`)).not.toContain(MARK);
        expect(shownMessage(`does not match the hash in ${key}: one of the two was edited`)).not.toContain(MARK);
      }),
    );
  });

  test('leaves a message without keys as it is', () => {
    const message = "is dated 2026-11-24, but was committed at 2026-11-25T02:15:00.000Z. Can't be";
    expect(shownMessage(message)).toBe(message);
  });
});
