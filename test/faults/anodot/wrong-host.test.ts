import { describe, expect, onTestFinished, test } from 'vitest';
import { SettingsError } from '../../../functions/snapshot/errors.ts';
import { at, bearer, both, exitOf, status, users } from '../../support/anodot/canary-replies.ts';
import { serveAnodot } from '../../support/anodot/server.ts';
import { shown } from '../../support/fault-table.ts';
import { failing } from '../../support/faulted-run.ts';

/** A host that is not Anodot is reported as a wrong setting, and never receives the token twice. */

describe('a host that is not Anodot', () => {
  test.for(both)('fails the run with a wrong ANODOT_URL if it returns 404 for %s', async (place) => {
    const { error, posts, gets } = await failing(SettingsError, at(place, status(404)));
    expect(error.message).toContain('ANODOT_URL');
    expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [1, 0] : [1, 1]);
    shown('F4', `404 from ${place}`, exitOf(error));
  });

  test.for(both.flatMap((place) => [301, 302, 303, 307, 308].map((code) => [place, code] as const)))(
    'never receives the token by a redirect: %s with %d fails the run',
    async ([place, code]) => {
      const other = await serveAnodot({ exchange: bearer, users });
      onTestFinished(other.close);
      const path = place === 'exchange' ? 'access-token' : 'users';
      const location = `${other.url}/api/v2/${path}`;
      const { error, server } = await failing(SettingsError, at(place, status(code, { location })));
      expect(error.message).toContain('ANODOT_URL');
      expect(server.requests.filter((request) => request.path.endsWith(path))).toHaveLength(1);
      expect(other.connections).toBe(0);
      shown(
        'F4',
        `${place} redirects to another host with ${code}`,
        `${other.connections} connections there, ${exitOf(error)}`,
      );
    },
  );

  test('fails the run even if it redirects to its own API', async () => {
    const location = '/api/v2/users?page=1';
    const { server } = await failing(SettingsError, { users: status(302, { location }) });
    expect(server.requests.map(({ path }) => path)).not.toContain(location);
  });
});
