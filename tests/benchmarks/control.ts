import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './measure.js';
import { startContestant } from './peers/worker-process.js';

// Environment steps per second of whole PPO training runs, side by side: rounds alternate, so that a change in the machine's
// speed meets both. With `--clock processor` it is the processor's time that counts, which other work does not stretch.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    updates: { type: 'string', default: '10' },
    clock: { type: 'string', default: 'wall' },
  },
});
const [rounds, updates] = [Number(values.rounds), Number(values.updates)];
const stepsPerUpdate = 8 * 128;

const here = import.meta.dirname;
const source = here.endsWith('dist') ? join(here, '..') : here;
const threads = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
const log = (line: string) => process.stdout.write(`${line}\n`);

const contestants = await Promise.all([
  startContestant({
    column: 'tasklearn, compiled',
    program: process.execPath,
    args: [join(here, 'control-contestant.js'), '--clock', values.clock],
  }),
  startContestant({
    column: 'PyTorch',
    program: process.env.PYTHON ?? 'python3',
    args: [join(source, 'peers', 'torch_ppo.py'), '--clock', values.clock],
    env: threads,
  }),
]);
const times = new Map<string, number[]>();
for (let round = 0; round < rounds; round += 1)
  for (const contestant of contestants) {
    if ('reason' in contestant) continue;
    const seconds = await contestant.measure(updates);
    times.set(contestant.column, [...(times.get(contestant.column) ?? []), seconds]);
  }
for (const contestant of contestants) {
  if ('reason' in contestant) {
    log(`${contestant.column}: absent (${contestant.reason})`);
    continue;
  }
  contestant.stop();
  const perSecond = stepsPerUpdate / median(times.get(contestant.column) as number[]);
  log(
    `${contestant.column} (${contestant.version}): ${Math.round(perSecond)} environment steps per second (${values.clock})`,
  );
}
const [ours, theirs] = contestants.map(({ column }) => times.get(column));
if (ours !== undefined && theirs !== undefined) {
  const ratios = theirs.map((seconds, round) => seconds / (ours[round] as number));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  log(`ratio: ${median(ratios).toFixed(1)} (rounds ${least.toFixed(1)} to ${most.toFixed(1)})`);
}
