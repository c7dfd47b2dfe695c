import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { TOKEN } from '../support/anodot-server.ts';

const LIMIT_MEGABYTES = 150;
const LIMIT_RATIO = 1.3;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** The flags that `npm start` gives to node. */
const flags = packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** Peak memory in megabytes of a whole `snapshot`, reading back included, of an account served by another process. */
async function peakOf(users: number): Promise<number> {
  const server = spawn(process.execPath, [here('many-users.ts'), String(users)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const folder = await mkdtemp(join(tmpdir(), 'memory-'));
  try {
    const [line] = await once(server.stdout, 'data');
    const environment = {
      ...process.env,
      ANODOT_URL: String(line).trim(),
      ANODOT_TOKEN: TOKEN,
      ANODOT_ALLOW_OTHER_HOST: 'true',
    };
    const main = here('../../functions/command-line/main.ts');
    const words = [...flags, '--import', here('report-peak.ts'), main, 'snapshot', '--store', folder, '--quiet'];
    const child = spawn(process.execPath, words, { env: environment, stdio: ['ignore', 'inherit', 'pipe'] });
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    if (code !== 0) throw new Error(`snapshot ended with ${code}: ${errors}`);
    return Number(errors.trim().split('\n').at(-1)) / 1024;
  } finally {
    server.kill();
    await rm(folder, { recursive: true });
  }
}

const small = await peakOf(30_000);
const large = await peakOf(300_000);
const ratio = large / small;
process.stdout.write(
  `peak memory: 30,000 users ${small.toFixed(0)} MB, 300,000 users ${large.toFixed(0)} MB, ratio ${ratio.toFixed(2)}\n`,
);
if (large > LIMIT_MEGABYTES || ratio > LIMIT_RATIO) {
  process.stdout.write(`over the limit of ${LIMIT_MEGABYTES} MB or of ${LIMIT_RATIO} times\n`);
  process.exitCode = 1;
}
