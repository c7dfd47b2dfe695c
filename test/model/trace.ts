import type { Explorer } from './explorer.ts';
import type { Move } from './state.ts';

/** The moves of a counterexample, one line each, without the calls that nobody else could notice. */
export function traceOf(moves: readonly Move[], { tree, scenario }: Explorer): string[] {
  const name = (process: number) => (scenario.runs[process]?.name ?? 'last').toUpperCase();
  return moves.flatMap((move) => {
    if (move.kind === 'begins') return `${tree.at(move.call).program.name.toUpperCase()}: begins`;
    const call = short(tree.calls.labels[move.call] ?? '');
    if (move.kind === 'arrives') return `   late: ${call}`;
    if (move.kind === 'dies') return `${name(move.process)}: dies at ${call}, which may come late`;
    if (move.kind === 'fails')
      return `${name(move.process)}: ${call} → StoreError; it may come late, if it has an effect`;
    if (move.kind === 'conflicts') return `${name(move.process)}: ${call} → 409, though there is none`;
    return call.startsWith('report')
      ? []
      : `${name(move.process)}: ${call} → ${short(tree.results.labels[move.result] ?? '')}`;
  });
}

/** Keys without their folders and dates, executions without their zeros. */
const short = (label: string): string =>
  label
    .replaceAll(/(?:users\/|groups\/)?(\w+)\/(?:dt=[\d-]+\/)?[\w-]+?-(\d{4}-\d\d-\d\d)\.jsonl?/g, '$1 $2')
    .replaceAll(/commits\/0*(\d+)\.json/g, 'commit $1')
    .replaceAll(/([a-f])0+(\d)#[0-9a-f]{8}/g, '$1$2')
    .replaceAll(/([a-f])0{5,}(\d)/g, '$1$2');
