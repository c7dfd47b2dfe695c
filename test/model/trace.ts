import type { Explorer } from './explorer.ts';
import type { Move } from './state.ts';

/** A counterexample's moves, one a line, without those that only write a run document. */
export function traceOf(moves: readonly Move[], { tree, scenario }: Explorer): string[] {
  const name = (process: number) => (scenario.runs[process]?.name ?? 'last').toUpperCase();
  return moves.flatMap((move) => {
    if (move.kind === 'begins') return `${tree.at(move.call).program.name.toUpperCase()}: begins`;
    const label = (number: number) => short(tree.calls.labels[number] ?? '');
    if (move.kind === 'dies') {
      const calls = tree.callsAt(move.call).map(label).join(' and ');
      return `${name(move.process)}: dies in ${calls}, which may take effect later`;
    }
    const call = label(move.call);
    if (move.kind === 'arrives') return `   late: ${call} takes effect`;
    if (move.kind === 'fails')
      return `${name(move.process)}: ${call} → StoreError; if it has an effect, it may take effect later`;
    if (move.kind === 'times out')
      return `${name(move.process)}: ${call} → the time for signing is up; if it has an effect, it may take effect later`;
    if (move.kind === 'conflicts')
      return `${name(move.process)}: ${call} → exists (409), although the object doesn't exist`;
    return call.startsWith('report')
      ? []
      : `${name(move.process)}: ${call} → ${short(tree.results.labels[move.result] ?? '')}`;
  });
}

/** Keys without folders, executions without zeros. */
const short = (label: string): string =>
  label
    .replaceAll(/(?:users\/|groups\/)?(\w+)\/(?:dt=[\d-]+\/)?[\w-]+?-(\d{4}-\d\d-\d\d)\.jsonl?/g, '$1 $2')
    .replaceAll(/commits\/0*(\d+)\.json/g, 'commit $1')
    .replaceAll(/commits\/0*(\d+)\.([0-9a-f]{8})\.sig/g, 'signature $1 of $2')
    .replaceAll(/keys\/[0-9a-f]+\.pem/g, 'public key')
    .replaceAll(/([a-f])0+(\d)#[0-9a-f]{8}/g, '$1$2')
    .replaceAll(/([a-f])0{5,}(\d)/g, '$1$2');
