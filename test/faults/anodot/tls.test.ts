import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SourceUnavailableError } from '../../../functions/snapshot/errors.ts';
import { failing, publishing } from '../../support/faulted-run.ts';

/** Nothing is sent over a TLS connection that cannot be trusted. */

describe('a TLS connection', () => {
  const before = getCACertificates('default');
  const names = [{ name: 'commonName', value: 'Anodot of the tests' }];
  const loopback = { name: 'subjectAltName' as const, altNames: [{ type: 7 as const, ip: '127.0.0.1' }] };
  const other = { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'app.anodot.com' }] };
  const authorityUse = [
    { name: 'basicConstraints' as const, cA: true, critical: true },
    { name: 'keyUsage' as const, keyCertSign: true, critical: true },
  ];
  const newAuthority = async (name: string) => {
    const made = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: authorityUse,
    });
    return { key: made.private, cert: made.cert };
  };
  const newCertificate = async (options: Parameters<typeof generate>[1]) => {
    const made = await generate(names, { keyType: 'ec', algorithm: 'sha256', extensions: [loopback], ...options });
    return { key: made.private, cert: made.cert };
  };
  let trusted: Awaited<ReturnType<typeof newAuthority>>;

  beforeAll(async () => {
    trusted = await newAuthority('authority');
    setDefaultCACertificates([...before, trusted.cert]);
  });
  afterAll(() => setDefaultCACertificates(before));

  test('with a trusted certificate is used to take a snapshot', async () => {
    await publishing({}, { server: { certificate: await newCertificate({ ca: trusted }) } });
  });

  test.for([
    ['that is self-signed', async () => newCertificate({})],
    ['from an unknown authority', async () => newCertificate({ ca: await newAuthority('somebody') })],
    [
      'from an unknown authority that is sent along',
      async () => {
        const unknown = await newAuthority('somebody');
        const { key, cert } = await newCertificate({ ca: unknown });
        return { key, cert: `${cert}\n${unknown.cert}` };
      },
    ],
    [
      'that has expired',
      async () =>
        newCertificate({ ca: trusted, notBeforeDate: new Date('2020-01-01'), notAfterDate: new Date('2021-01-01') }),
    ],
    [
      'that is not valid yet',
      async () =>
        newCertificate({ ca: trusted, notBeforeDate: new Date('2090-01-01'), notAfterDate: new Date('2091-01-01') }),
    ],
    ['for another host', async () => newCertificate({ ca: trusted, extensions: [other] })],
  ] as const)('with a certificate %s fails at once, before the token is sent', async ([, certificate]) => {
    const { error, server } = await failing(
      SourceUnavailableError,
      {},
      { server: { certificate: await certificate() } },
    );
    expect(error.message).toContain("the certificate can't be trusted");
    expect(server.connections).toBe(1);
    expect(server.requests).toHaveLength(0);
  });

  test('that breaks off in the handshake is retried', async () => {
    const { server } = await publishing(
      {},
      {
        server: {
          certificate: await newCertificate({ ca: trusted }),
          onConnection: (socket, n) => {
            if (n <= 2) socket.destroy();
          },
        },
      },
    );
    expect(server.connections).toBeGreaterThan(2);
  });

  test('that never completes a handshake is reported as unavailable', async () => {
    const { server } = await failing(
      SourceUnavailableError,
      {},
      {
        server: {
          certificate: await newCertificate({ ca: trusted }),
          onConnection: (socket) => socket.destroy(),
        },
      },
    );
    expect(server.connections).toBe(4);
  });
});
