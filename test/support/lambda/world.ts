import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { type AnodotServer, type Reply, serveAnodot } from '../anodot/server.ts';
import { environmentOf, type S3Place } from '../s3/place.ts';
import { type FunctionProcess, startFunction } from './function-process.ts';
import { type Answer, serveRuntimeApi } from './runtime-api.ts';
import { type SecretReply, type SecretsDouble, serveSecrets } from './secrets-double.ts';

export const SECRET_ID = 'anodot/token';
export const PREFIX = 'access';

/** A function and the bucket it uses. */
export interface Installed {
  /** The folder of the bundle. */
  readonly bundle: string;
  /** The bucket with the function's permissions. */
  readonly place: S3Place;
}

/** A function with all of its settings, as deployed. */
export interface Deployed extends Installed {
  readonly environment: { readonly [name: string]: string };
}

interface WorldChoices {
  readonly anodot?: { readonly exchange?: Reply; readonly users?: Reply; readonly groups?: Reply };
  readonly secret: SecretReply;
  /** The number of execution environments, each of which processes one event at a time. */
  readonly processes?: number;
}

export interface WorldOptions extends WorldChoices, Installed {
  /** Settings to add or override. */
  readonly environment?: { readonly [name: string]: string };
}

export interface World {
  readonly anodot: AnodotServer;
  readonly secrets: SecretsDouble;
  /** @param milliseconds the function's time limit */
  invoke(event: unknown, milliseconds?: number): Promise<Answer>;
  /** Kills the function's processes at once. */
  kill(): Promise<void>;
  /** The highest peak memory of its processes, in megabytes. */
  peakMegabytes(): Promise<number>;
  /** The function's log so far. */
  log(): Promise<string>;
  close(): Promise<void>;
}

let made: ReturnType<typeof generate> | undefined;
function certificateOfLoopback() {
  made ??= generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  return made;
}

/** Starts a function with everything it calls, on loopback: S3, Secrets Manager, Anodot over HTTPS, and Lambda itself. */
export const startWorld = ({ bundle, place, environment = {}, ...choices }: WorldOptions): Promise<World> =>
  startDeployed(choices, async (url) => ({
    bundle,
    place,
    environment: {
      ANODOT_URL: url,
      ANODOT_ALLOW_OTHER_HOST: 'true',
      ANODOT_TOKEN_SECRET_ID: SECRET_ID,
      SNAPSHOT_STORE: `s3://${place.bucket}/${PREFIX}`,
      ...environment,
    },
  }));

/** @param deploy receives Anodot's URL and returns the function's whole environment, except for the endpoints of AWS */
export async function startDeployed(
  { anodot: replies = {}, secret, processes: count = 1 }: WorldChoices,
  deploy: (anodotUrl: string) => Promise<Deployed>,
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'world-'));
  const certificate = await certificateOfLoopback();
  await writeFile(join(folder, 'ca.pem'), certificate.cert);
  const anodot = await serveAnodot(replies, { certificate: { key: certificate.private, cert: certificate.cert } });
  const secrets = await serveSecrets(secret);
  const runtimeApi = await serveRuntimeApi();
  const { bundle, place, environment } = await deploy(anodot.url);
  const settings = {
    ...environmentOf(place),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    ...environment,
  };
  const processes: FunctionProcess[] = [];
  for (let i = 0; i < count; i++)
    processes.push(await startFunction(bundle, runtimeApi.address, settings, join(folder, `log-${i}`)));
  const log = async () => (await Promise.all(processes.map((one) => one.log()))).join('');
  const kill = async () => {
    await Promise.all(processes.map((one) => one.kill()));
  };
  return {
    anodot,
    secrets,
    invoke: async (event, milliseconds = 60_000) => {
      const died = Promise.race(processes.map(({ ended }) => ended)).then(async () => {
        throw new Error(`the function's process ended: ${await log()}`);
      });
      return Promise.race([runtimeApi.invoke(event, milliseconds), died]);
    },
    kill,
    peakMegabytes: async () => Math.max(...(await Promise.all(processes.map((one) => one.peakMegabytes())))),
    log,
    close: async () => {
      await kill();
      await Promise.all([anodot.close(), secrets.close(), runtimeApi.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
