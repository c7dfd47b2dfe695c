/** Sends the command line's process a signal at an exact moment: when it loads a certain module, before any of it runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { CommandOptions, Ended } from './command.ts';

export interface SignalAt extends CommandOptions {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP';
  /** A part of the module's URL. */
  readonly module: string;
}

const hook = (module: string, signal: string) => `import { registerHooks } from 'node:module';
  registerHooks({ load(url, context, next) {
    if (url.includes('${module}')) process.kill(process.pid, '${signal}');
    return next(url, context);
  } });`;

/** @param program the program and its first arguments, such as `node main.ts` */
export async function signalledAt(
  [program = '', ...first]: readonly string[],
  words: readonly string[],
  { cwd, environment = {}, signal, module }: SignalAt,
): Promise<Ended & { readonly by: NodeJS.Signals | null }> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ANODOT|SNAPSHOT|AWS|npm)_/.test(name));
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(hook(module, signal))}`;
  const child = spawn(program, [...first, ...words], {
    cwd,
    env: { ...Object.fromEntries(inherited), ...environment, NODE_OPTIONS },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, by: child.signalCode, out, err };
}
