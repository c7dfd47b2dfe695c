/** Finds out whether S3 is AWS's own or another server, which addresses buckets differently and promises less. */
import type { S3Client } from '@aws-sdk/client-s3';

/** AWS's own hosts in all partitions, VPC endpoints (`….vpce.amazonaws.com`) included. */
const AWS_HOST = /(^|\.)(amazonaws\.(com(\.cn)?|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov|adc-e\.uk)$/;

/** Variables of the AWS SDK that set an endpoint. The first takes precedence. */
export const ENDPOINT_VARIABLES = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'] as const;

/** Whether a client's calls are sent to AWS, not to a custom endpoint. */
export async function isAtAws(client: S3Client): Promise<boolean> {
  const host = (await client.config.endpoint?.())?.hostname ?? URL.parse((await configured(client)) ?? '')?.hostname;
  return host === undefined || AWS_HOST.test(host);
}

/** The endpoint set by variables or a profile. The SDK looks it up on the first call, with a function that its types hide. */
async function configured({ config }: S3Client): Promise<string | undefined> {
  const search: unknown = Reflect.get(config, 'serviceConfiguredEndpoint');
  const found: unknown = typeof search === 'function' ? await search() : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** What is wrong with an endpoint. Undefined if nothing is. */
export function endpointProblem(endpoint: string): string | undefined {
  const protocol = URL.parse(endpoint)?.protocol;
  return protocol === 'http:' || protocol === 'https:' ? undefined : 'expected http://HOST or https://HOST';
}
