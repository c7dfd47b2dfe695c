import { describe, expect, onTestFinished, test } from 'vitest';
import { sampleGroups, sampleUsers } from '../../../../../functions/command-line/sample/account.ts';
import { type SampleServer, serveSample } from '../../../../../functions/command-line/sample/server.ts';

const NOON = new Date('2026-11-23T12:00:00Z');

async function serve(): Promise<SampleServer> {
  const server = await serveSample(() => NOON);
  onTestFinished(() => server.close());
  return server;
}
const exchange = (url: string, body: string) => fetch(`${url}/api/v2/access-token`, { method: 'POST', body });
const get = (url: string, path: string, bearer: string) =>
  fetch(`${url}/api/v2/${path}`, { headers: { authorization: `Bearer ${bearer}` } });

describe('the sample server', () => {
  test("exchanges its token for a bearer, which gives access to the day's users and the groups", async () => {
    const { url, token } = await serve();
    const response = await exchange(url, JSON.stringify({ refreshToken: token }));
    expect(response.status).toBe(200);
    const bearer = String(await response.json());
    expect(await (await get(url, 'users', bearer)).json()).toEqual(sampleUsers(NOON));
    expect(await (await get(url, 'groups', bearer)).json()).toEqual(sampleGroups());
  });

  test('returns 401 for another token, a body that is not JSON, and a wrong or missing bearer', async () => {
    const { url, token } = await serve();
    const other = await serve();
    const responses = await Promise.all([
      exchange(url, JSON.stringify({ refreshToken: other.token })),
      exchange(url, token),
      fetch(`${url}/api/v2/users`),
      fetch(`${url}/api/v2/groups`),
      get(url, 'users', token),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
  });

  test('returns 404 for any other path or method', async () => {
    const { url } = await serve();
    const responses = await Promise.all([fetch(url), fetch(`${url}/api/v2/users`, { method: 'POST' })]);
    expect(responses.map(({ status }) => status)).toEqual([404, 404]);
  });

  test('ends the connections that a client keeps open when it closes', async () => {
    const server = await serveSample(() => NOON);
    await fetch(server.url);
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
