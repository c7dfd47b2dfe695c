import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { StoreError } from '../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import { bearer, manyUsers, users } from '../../support/anodot/canary-replies.ts';
import { answer, type Reply, serveAnodot } from '../../support/anodot/server.ts';
import { CANARY_TOKEN, holdsCanary } from '../../support/canary.ts';
import { failing, filesOf, publishedFolder, publishedIn } from '../../support/faulted-run.ts';
import { newFolder, take } from '../../support/take.ts';

/** A store that fails during a run publishes nothing and leaves nothing behind. */

const MAIN = join(import.meta.dirname, '../../../functions/command-line/main.ts');

describe('a run whose store fails', () => {
  test('as staging begins publishes nothing and closes its connection to Anodot', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const unending: Reply = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('[');
      response.once('close', resolve);
    };
    const { error } = await failing(
      StoreError,
      { users: unending },
      {
        prepare: async (folder) => {
          await mkdir(join(folder, '.staged'), { recursive: true });
          await writeFile(join(folder, '.staged/00000001'), 'in the way of the first execution');
        },
      },
    );
    expect(error.message).toMatch(/could not stage .* \((EEXIST|ENOTDIR)\)/);
    await closed;
  });

  test('because it is a file sends no request', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'file'), '');
    const server = await serveAnodot({ users });
    onTestFinished(server.close);
    const taking = take({ url: server.url, store: new FolderStore(join(folder, 'file')) });
    await expect(taking).rejects.toThrow(StoreError);
    expect(server.requests).toHaveLength(0);
  });

  test.skipIf(process.platform === 'win32')(
    'because the disk is full publishes nothing and leaves nothing behind',
    async () => {
      const folder = await publishedFolder();
      const before = publishedIn(await filesOf(folder));
      const server = await serveAnodot({ exchange: bearer, users: answer(manyUsers) });
      onTestFinished(server.close);
      // No file may grow beyond 64 blocks. The rows would, the documents don't.
      const command = spawn('sh', ['-c', 'ulimit -f 64; exec "$@"', 'sh', process.execPath, MAIN, '--store', folder], {
        env: { ...process.env, ANODOT_URL: server.url, ANODOT_TOKEN: CANARY_TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' },
      });
      const [out, err, [code]] = await Promise.all([
        text(command.stdout),
        text(command.stderr),
        once(command, 'close'),
      ]);
      expect(err).toMatch(/StoreError: .*could not stage .* \(EFBIG\)/);
      expect(code).toBe(7);
      expect(holdsCanary(out + err)).toBe(false);
      const after = await filesOf(folder);
      expect(publishedIn(after)).toEqual(before);
      expect([...after.keys()].filter((key) => key.startsWith('.') || key.startsWith('raw/'))).toHaveLength(2); // from before
      const documents = [...after]
        .filter(([key]) => key.startsWith('runs/'))
        .map(([, file]) => JSON.parse(String(file)));
      expect(documents.filter(({ status: ended }) => ended === 'failed')).toMatchObject([{ code: 7 }]);
    },
  );
});
