/** Replaces the native part of AWS's runtime client, which calls the runtime API. The rest of the client is AWS's own. */
const INVOCATION = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation`;
/** The native calls block until the response arrives. Here, the next call waits for it. */
let posted: Promise<unknown> = Promise.resolve();

export async function next(): Promise<{ bodyJson: string; headers: { [name: string]: string } }> {
  await posted;
  const response = await fetch(`${INVOCATION}/next`);
  return { bodyJson: await response.text(), headers: Object.fromEntries(response.headers) };
}

export function done(id: string, body: string): void {
  posted = post(`${id}/response`, body);
}

export function error(id: string, body: string, xrayCause: string): void {
  const bytes = Buffer.from(xrayCause).toString('latin1'); // a header is bytes, which the native part sends unchanged
  posted = post(`${id}/error`, body, { 'lambda-runtime-function-xray-error-cause': bytes });
}

async function post(path: string, body: string, headers: { [name: string]: string } = {}): Promise<void> {
  const response = await fetch(`${INVOCATION}/${path}`, { method: 'POST', body, headers });
  await response.arrayBuffer();
}
