import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import * as z from 'zod';
import { windowRunId } from '../../functions/request-snapshot/run-id.ts';
import { holdsCanary } from '../support/canary.ts';
import { functionOf, s3StatementsOf, synthesiseApi } from '../support/cdk/api-template.ts';
import { startFunction } from '../support/lambda/function-process.ts';
import { httpEvent } from '../support/lambda/http-event.ts';
import { type LambdaDouble, serveLambda } from '../support/lambda/lambda-double.ts';
import { serveRuntimeApi } from '../support/lambda/runtime-api.ts';
import { PREFIX, type WorldOptions } from '../support/lambda/world.ts';
import { environmentOf } from '../support/s3/place.ts';
import { withStatements } from '../support/s3/role.ts';
import { type Installation, install, onDouble } from './installation.ts';

const ANSWER = z.strictObject({ statusCode: z.int(), headers: z.record(z.string(), z.string()), body: z.string() });

/** A response of the API with its parsed JSON body. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: unknown;
}

export interface ApiInstallation extends Installation {
  readonly lambda: LambdaDouble;
  /** @param more fields to add to the HTTP API's event, or to override */
  request(method: string, path: string, more?: { readonly [field: string]: unknown }): Promise<ApiAnswer>;
  /** Invokes the function behind the API with an event, and returns its raw result. */
  send(event: unknown): Promise<unknown>;
  /** The log of the function behind the API so far. */
  apiLog(): Promise<string>;
}

export interface ApiOptions extends Pick<WorldOptions, 'anodot'> {
  /** Settings of the function behind the API to add or override. */
  readonly environment?: { readonly [name: string]: string };
  /** Number of execution environments of each function. */
  readonly processes?: number;
}

/**
 * Installs both functions. The one behind the API comes from the template: its asset, its environment and its role's permissions in S3.
 * It invokes the other through the Lambda double.
 */
export async function installApi(options: ApiOptions = {}, newPlaces = onDouble): Promise<ApiInstallation> {
  const { anodot, environment = {}, processes = 1 } = options;
  const places = await newPlaces();
  const snapshot = await install({ ...(anodot && { anodot }), processes }, async () => places);
  const { owner, role } = places;
  const template = await synthesiseApi({ bucketName: owner.bucket, prefix: PREFIX });
  const { bundle, environment: deployed } = functionOf(template);
  // The double enforces no roles.
  const place = owner === role ? role : await withStatements(owner, s3StatementsOf(template));
  const lambda = await serveLambda((event) => snapshot.invoke(event));
  const runtimeApi = await serveRuntimeApi();
  const folder = await mkdtemp(join(tmpdir(), 'api-'));
  const settings = {
    ...environmentOf(place),
    AWS_ENDPOINT_URL_LAMBDA: lambda.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: 'request-snapshot',
    ...deployed,
    ...environment,
  };
  const started = Array.from({ length: processes }, (_, n) =>
    startFunction(bundle, runtimeApi.address, settings, join(folder, `log-${n}`)),
  );
  const running = await Promise.all(started);
  const apiLog = async () => (await Promise.all(running.map((one) => one.log()))).join('');
  const answers: string[] = [];
  onTestFinished(async () => {
    await lambda.worked();
    const log = await apiLog();
    await Promise.all(running.map((one) => one.kill()));
    await Promise.all([runtimeApi.close(), lambda.close()]);
    await rm(folder, { recursive: true, force: true });
    for (const told of [log, ...answers]) expect(holdsCanary(told), told).toBe(false);
  });
  const send = async (event: unknown): Promise<unknown> => {
    const died = Promise.race(running.map(({ ended }) => ended)).then(async () => {
      throw new Error(`the function's process ended: ${await apiLog()}`);
    });
    const { body, error, result } = await Promise.race([runtimeApi.invoke(event, 29_000), died]);
    expect(error).toBeUndefined();
    answers.push(body);
    return result;
  };
  const request = async (...words: Parameters<typeof httpEvent>): Promise<ApiAnswer> => {
    const { statusCode, headers, body } = ANSWER.parse(await send(httpEvent(...words)));
    expect(headers['cache-control']).toBe('no-store');
    return { status: statusCode, headers, body: JSON.parse(body) };
  };
  return { ...snapshot, lambda, send, request, apiLog };
}

/** Repeats the work if the five-minute window ended meanwhile, because requests in different windows share no run. */
export async function inOneWindow(work: (runId: string) => Promise<void>): Promise<void> {
  for (;;) {
    const runId = windowRunId(new Date()).text;
    const isOver = () => windowRunId(new Date()).text !== runId;
    try {
      await work(runId);
      if (!isOver()) return;
    } catch (error) {
      if (!isOver()) throw error;
    }
  }
}
