import { randomUUID } from 'node:crypto';

/** An event of an HTTP API in payload format 2.0, from a caller authorized by IAM. */
export function httpEvent(method: string, path: string, more: { readonly [field: string]: unknown } = {}) {
  const routeKey = path.startsWith('/runs/') ? 'GET /runs/{run_id}' : 'POST /snapshots';
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: '',
    headers: { accept: '*/*', host: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com', 'user-agent': 'curl/8.14.1' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'a1b2c3d4e5',
      authentication: null,
      authorizer: { iam: { accessKey: 'AKIDOUBLE', accountId: '123456789012', callerId: 'AROA:session' } },
      domainName: 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl/8.14.1' },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: '23/Nov/2026:02:15:00 +0000',
      timeEpoch: 1795400100000,
    },
    isBase64Encoded: false,
    ...more,
  };
}
