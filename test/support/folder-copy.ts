/** A copy of a folder that a test may damage. It is removed when the test ends. */
import { cp, rm } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import { newFolder } from './take.ts';

export async function copyOf(folder: string): Promise<string> {
  const copy = await newFolder();
  await cp(folder, copy, { recursive: true });
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  return copy;
}
