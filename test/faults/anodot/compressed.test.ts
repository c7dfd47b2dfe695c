import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SourceContractError } from '../../../functions/snapshot/errors.ts';
import { exitOf, json, manyUsers } from '../../support/anodot/canary-replies.ts';
import { answer, bytes, inTurn, type Reply } from '../../support/anodot/server.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, GOOD_USERS, publishing } from '../../support/faulted-run.ts';

/** Compressed responses are unpacked, and damaged ones are never published. */

describe('a compressed response', () => {
  const body = json(manyUsers);
  const zip = gzipSync(body);
  const gzip = (data: Uint8Array): Reply => answer(data, 200, { 'content-encoding': 'gzip' });
  const damaged = (whole: Uint8Array): Buffer => {
    const copy = Buffer.from(whole);
    const middle = Math.floor(copy.length / 2);
    copy.fill(0xff, middle, middle + 50);
    return copy;
  };
  /** Stored, not deflated, so only the checksum at the end reveals the damage. */
  const stored = gzipSync(body, { level: constants.Z_NO_COMPRESSION });
  const storedDamaged = Buffer.from(stored);
  storedDamaged.writeUInt8(storedDamaged.readUInt8(stored.length - 500) ^ 1, stored.length - 500);

  test('is unpacked, and raw/ contains the unpacked bytes', async () => {
    const { rows, raw } = await publishing({ users: gzip(zip) });
    expect(rows).toHaveLength(manyUsers.length);
    expect(raw).toEqual([body]);
  });

  test.for([
    ['truncated gzip', gzip(zip.subarray(0, zip.length / 2))],
    ['gzip truncated in its header', gzip(zip.subarray(0, 5))],
    ['damaged gzip', gzip(damaged(zip))],
    ['gzip with a wrong checksum', gzip(storedDamaged)],
    ['text labelled gzip', gzip(json(GOOD_USERS))],
    ['text labelled brotli', answer(json(GOOD_USERS), 200, { 'content-encoding': 'br' })],
    ['truncated brotli', answer(brotliCompressSync(body).subarray(0, 1000), 200, { 'content-encoding': 'br' })],
    ['damaged Zstandard', answer(damaged(zstdCompressSync(body)), 200, { 'content-encoding': 'zstd' })],
    ['damaged deflate', answer(damaged(deflateSync(body)), 200, { 'content-encoding': 'deflate' })],
  ] as const)('of %s is requested once more, then violates the contract', async ([what, reply]) => {
    const { error, gets, raw } = await failing(SourceContractError, { users: reply });
    expect(gets).toHaveLength(2);
    expect(raw).toHaveLength(2);
    shown('F24', what, `requested ${gets.length} times, ${exitOf(error)}`);
  });

  test('of damaged gzip is published if the second response is intact', async () => {
    const { gets, rows } = await publishing({ users: inTurn(gzip(damaged(zip)), gzip(zip)) });
    expect(gets).toHaveLength(2);
    expect(rows).toHaveLength(manyUsers.length);
    shown('F24', 'damaged gzip, then intact gzip', `published at attempt ${gets.length}`);
  });

  test('of the token exchange violates the contract at once if it is damaged', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n';
    const { posts, gets } = await failing(SourceContractError, { exchange: bytes([head, 'nope']) });
    expect([posts.length, gets.length]).toEqual([1, 0]);
  });

  test('in an unknown encoding violates the contract', async () => {
    await failing(SourceContractError, { users: answer(zip, 200, { 'content-encoding': 'x-zqxj' }) });
  });
});
