import { describe, expect, test } from 'vitest';
import {
  CredentialsError,
  SettingsError,
  SourceContractError,
  SourceUnavailableError,
} from '../../../functions/snapshot/errors.ts';
import { head, status } from '../../support/anodot/canary-replies.ts';
import { answer, bytes, inTurn } from '../../support/anodot/server.ts';
import { CANARY_TEXT } from '../../support/canary.ts';
import { failing, publishing } from '../../support/faulted-run.ts';

/** What a run does if the groups fail. */

describe('groups', () => {
  const groups = [{ id: '6107', name: 'Group', created: '2021-08-02T06:45:17.817Z' }];

  test.for([403, 404])('are omitted without a failure if the token may not read them (%d)', async (code) => {
    const { taken } = await publishing({ groups: status(code) });
    expect(taken.manifest?.groups).toBe('denied');
  });

  test.for([
    ['returned as HTML', answer(`<html>${CANARY_TEXT}`), SourceContractError, 1],
    ['with a field of the wrong type', answer([{ id: '1', name: { zqxj: 1 } }]), SourceContractError, 1],
    ['whose list is incomplete', answer('[{"id": "1", "name": "zqxj"}'), SourceContractError, 2],
    ['that break off', bytes([head('content-length: 1000'), '[{"id": "zqxj']), SourceUnavailableError, 3],
    ['that are unavailable', status(503), SourceUnavailableError, 4],
    ['whose bearer is rejected', status(401), CredentialsError, 2],
    ['that redirect', status(307, { location: '/zqxj' }), SettingsError, 1],
  ] as const)('%s fail the run without requesting the users again', async ([, reply, failure, requests]) => {
    const { gets, server } = await failing(failure, { groups: reply });
    expect(gets).toHaveLength(1);
    expect(server.requests.filter(({ path }) => path === '/api/v2/groups')).toHaveLength(requests);
  });

  test('that break off once are requested again and published', async () => {
    const cut = bytes([head('content-length: 1000'), '[{"id": "zqxj']);
    const { taken, gets } = await publishing({ groups: inTurn(cut, status(503), answer(groups)) });
    expect(taken.manifest?.groups).toBe('published');
    expect(gets).toHaveLength(1);
  });
});
