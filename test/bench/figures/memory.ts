/** Memory of the function in the Lambda runtime, and of a command that publishes to S3 and reads back. */
import { join } from 'node:path';
import { TOKEN } from '../../support/anodot/server.ts';
import { TAKE_SNAPSHOT } from '../../support/lambda/function-process.ts';
import { startWorld } from '../../support/lambda/world.ts';
import { writeAccount } from '../account-file.ts';
import { countText, type Figure } from '../figure.ts';
import { manyUsers, user } from '../many-users.ts';
import { takeSnapshot, withAccount, withBucket, withFolder } from '../processes.ts';

const [LESS, MORE] = [30_000, 300_000];
/** The memory that the function is deployed with. */
const LAMBDA_MEGABYTES = 256;

export const memory: Figure = {
  name: 'memory',
  rows: ({ scaled }) => {
    const [less, more] = [countText(scaled(LESS)), countText(scaled(MORE))];
    return [
      { name: `peak memory of the function, ${more} users`, unit: 'MB', must: LAMBDA_MEGABYTES },
      { name: `peak memory of the function, ${more} users over ${less}`, unit: '', must: 1.3 },
      // No limit. While reading back, V8 keeps up to 64 MB from the network, regardless of the account's size.
      { name: `peak memory of a command to S3 that reads back, ${more} users`, unit: 'MB' },
    ];
  },
  measure: async ({ scaled }) => {
    const [less, more] = [await functionOf(scaled(LESS)), await functionOf(scaled(MORE))];
    return {
      measured: [
        { values: [more] },
        { values: [more / less], details: `${less.toFixed(0)} MB` },
        { values: [await bucketSnapshotOf(scaled(MORE))] },
      ],
    };
  },
};

/** The deployed bundle under AWS's runtime client, with its deployed environment. The function does not read its objects back. */
const functionOf = (users: number): Promise<number> =>
  withBucket(async (place) => {
    const { NODE_OPTIONS } = await import('../../../lib/snapshot-function.ts'); // loads the CDK
    const [bundle, secret, anodot] = [TAKE_SNAPSHOT, { text: TOKEN }, { users: manyUsers(users) }];
    const world = await startWorld({ bundle, place, secret, anodot, environment: { NODE_OPTIONS } });
    try {
      const { error } = await world.invoke({}, 600_000);
      if (error) throw new Error(`the function failed: ${error.errorMessage}`);
      return await world.peakMegabytes();
    } finally {
      await world.close();
    }
  });

const bucketSnapshotOf = (users: number): Promise<number> =>
  withFolder(async (folder) => {
    const file = join(folder, 'users.json');
    await writeAccount(file, users, user);
    return withAccount(file, (url) =>
      withBucket(async ({ bucket }, environment) => {
        const { megabytes } = await takeSnapshot(`s3://${bucket}/memory`, url, environment);
        return megabytes;
      }),
    );
  });
