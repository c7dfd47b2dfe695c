/** What `--verbose` prints on standard error: one line for each request, retry and pause, without a secret. */
import { PROGRAM_VERSION } from '../snapshot/contract.ts';
import { onOneLine } from '../snapshot/format/cell-text.ts';
import type { OnRequest, RequestEvent } from '../snapshot/request-event.ts';
import { COMMAND_NAME } from './called-as.ts';
import type { Terminal } from './terminal.ts';
import { size } from './text.ts';

export const VERBOSE = ['--verbose', 'log each request, retry and pause on standard error, without secrets'] as const;

/** Prints what is running, and returns the observer that prints each request with the seconds since then. */
export function requestLog({ err }: Pick<Terminal, 'err'>): OnRequest {
  const started = performance.now();
  err.write(`${COMMAND_NAME} ${PROGRAM_VERSION}, Node.js ${process.version} on ${process.platform} ${process.arch}\n`);
  return (event) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(3);
    err.write(`+${seconds} s  ${onOneLine(inWords(event))}\n`);
  };
}

function inWords(event: RequestEvent): string {
  const time = `${Math.round(event.milliseconds)} ms`;
  switch (event.event) {
    case 'response':
      return `${event.request}: ${event.status} after ${time}${event.bytes === undefined ? '' : `, ${size(event.bytes)}`}`;
    case 'body':
      return `${event.request}: read ${size(event.bytes)} in ${time}`;
    case 'failure':
      return `${event.message} after ${time}`;
    case 'pause':
      return `${event.request}: paused ${time} before attempt ${event.attempt} (${event.why})`;
  }
}
