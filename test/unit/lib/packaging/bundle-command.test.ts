import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { bundleCommand } from '../../../../lib/packaging/bundle-command.ts';

/** Prints on standard error which modules of Node.js the command has loaded when it ends. */
const AT_END = `process.on('exit', () => console.error(process.moduleLoadList.join('\\n')));`;

test('the command as one file is ASCII and loads nothing to start other programs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'command-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const signals = join(import.meta.dirname, '../../../../functions/command-line/signals.cjs');
  const [main, atEnd] = [join(folder, 'main.cjs'), join(folder, 'at-end.cjs')];
  const { text } = await bundleCommand(signals);
  expect(text).toMatch(/^[\0-\x7f]+$/);
  await writeFile(main, text);
  await writeFile(atEnd, AT_END);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--require', atEnd, main, '--version']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(stderr).toContain('NativeModule events\n');
  expect(stderr).not.toContain('NativeModule child_process\n');
});
