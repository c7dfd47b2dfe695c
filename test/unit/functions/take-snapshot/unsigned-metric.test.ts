import { describe, expect, test } from 'vitest';
import type { PublicationReport } from '../../../../functions/snapshot/publication-report.ts';
import { RunLog } from '../../../../functions/take-snapshot/run-log.ts';
import { newAccount } from '../../../support/account-days.ts';
import { all } from '../../../support/four-users.ts';
import { capturingOutput } from '../../../support/lambda/captured-output.ts';
import { newSigner } from '../../../support/test-signer.ts';

/** What the function's log says of signatures. */

async function firstReport(): Promise<PublicationReport> {
  const { at, reports } = await newAccount();
  await at('2026-11-23T02:15:00Z', all);
  const [report] = reports;
  if (!report) throw new Error('nothing was reported');
  return report;
}

/** The metric's values in what a report of this kind writes. */
async function counted(report: PublicationReport): Promise<unknown[]> {
  const { lines } = await capturingOutput(async () => new RunLog('default', 'request', () => 1).published(report));
  return lines.flatMap((line) => JSON.parse(line)['CommitUnsigned'] ?? []);
}

describe('the metric CommitUnsigned', () => {
  test.each([
    ['is 1 if the commit is unsigned', { isUnsigned: true, isCounted: true }, [1]],
    ['is 0 if the commit is signed', { isUnsigned: false, isCounted: true }, [0]],
    ["is 1 if a terminal's commit is unsigned", { isUnsigned: true, isCounted: false }, [1]],
    ["is not written for a terminal's commit that is signed", { isUnsigned: false, isCounted: false }, []],
    ['is not written if the installation does not sign', { isUnsigned: null, isCounted: true }, []],
  ])('%s', async (_, given, expected) => {
    expect(await counted({ ...(await firstReport()), ...given })).toEqual(expected);
  });
});

test('the last line of a run holds the fingerprint of the key that signed it, if any did', async () => {
  const signer = newSigner();
  const { at } = await newAccount();
  const signed: unknown[] = [];
  for (const [i, run] of [{ signer }, {}].entries()) {
    const { document, ...snapshot } = await at(`2026-11-2${i}T02:15:00Z`, all, { run });
    const log = new RunLog('default', 'request', () => 1);
    const { lines } = await capturingOutput(async () => log.ended({ document, snapshot }));
    signed.push(...lines.map((line) => JSON.parse(line)).map(({ message, signed_by }) => [message, signed_by]));
  }
  expect(signed).toEqual([
    ['run ended', signer.fingerprint],
    ['run ended', undefined],
  ]);
});
