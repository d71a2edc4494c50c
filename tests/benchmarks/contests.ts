import { join } from 'node:path';
import { type Absent, type Contestant, startContestant } from './peers/worker-process.js';

/** One row of the table: a step, its size, and how many of them make one measurement. */
export interface Contest {
  readonly title: string;
  readonly workload: 'sinusoid' | 'protonet' | 'maml';
  readonly threads: number;
  readonly innerSteps?: number;
  readonly tasks?: number;
  readonly width?: number;
  /** Seconds that one measurement should take, for contestants of any speed. */
  readonly seconds: number;
  /** Columns to run. */
  readonly columns: readonly Column[];
}

/** Who runs the step. */
export type Column = 'compiled' | 'eager wasm' | 'eager cpu' | 'PyTorch loop' | 'PyTorch batched' | 'JAX';

const here = import.meta.dirname;
const source = here.endsWith('dist') ? join(here, '..') : here;

function flags(contest: Contest): string[] {
  const optional = (name: string, value?: number) =>
    value === undefined ? [] : [`--${name}`, String(value)];
  return [
    '--workload',
    contest.workload,
    '--threads',
    String(contest.threads),
    ...optional('inner-steps', contest.innerSteps),
    ...optional('tasks', contest.tasks),
    ...optional('width', contest.width),
  ];
}

// The Python that has the peers.
const python = process.env.PYTHON ?? 'python3';

/** Starts one column of a contest. */
export function start(contest: Contest, column: Column): Promise<Contestant | Absent> {
  const env = { OMP_NUM_THREADS: String(contest.threads), OPENBLAS_NUM_THREADS: String(contest.threads) };
  if (column === 'compiled' || column.startsWith('eager')) {
    const args = [join(here, 'contestant.js'), '--execution', column.replace(' ', '-'), ...flags(contest)];
    return startContestant({ column, program: process.execPath, args });
  }
  const peer = column === 'JAX' ? 'jax_peer.py' : 'torch_peer.py';
  const form = column === 'PyTorch loop' ? 'loop' : 'batched';
  const args = [join(source, 'peers', peer), '--form', form, ...flags(contest)];
  return startContestant({ column, program: python, args, env });
}
