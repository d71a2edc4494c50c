import { createRng, type TabularControlDistribution } from '@tasklearn/core';
import { gridWorld, starGrid } from '@tasklearn/environments';
import { discoverSkills, matchStateMarginal } from '@tasklearn/goal-rl';

const print = (line: string) => process.stdout.write(`${line}\n`);

/** The exact model of a world with one task. */
function modelOf(distribution: unknown) {
  const world = distribution as TabularControlDistribution;
  return world.tabularModel(world.task('train', 0, createRng(0)));
}

const square = (size: number, horizon: number) =>
  modelOf(gridWorld({ goal: 'none', stay: true, size, horizon }));

const worlds = [
  ['square of 49 cells, 20 steps', square(7, 20), 20],
  ['star of 13 cells, 12 steps', modelOf(starGrid()), 12],
] as const;

print('State marginal matching: KL(state marginal ‖ uniform) in nats');
print('world | density of | after 10 | 30 | 100 | 300 | gap | best single policy | cells visited');
for (const [name, model, horizon] of worlds) {
  for (const history of ['all', 'current'] as const) {
    const { iterations, marginal } = matchStateMarginal(model, { horizon, iterations: 300, history });
    const at = (k: number) => (iterations[k - 1]?.mixtureDivergence ?? 0).toFixed(4);
    const single = Math.min(...iterations.map(({ lastDivergence }) => lastDivergence)).toFixed(2);
    const gap = (iterations.at(-1)?.gap ?? 0).toFixed(3);
    const cells = marginal.filter((mass) => mass > 0).length;
    const policies = history === 'all' ? 'all policies' : 'the last policy';
    print([name, policies, ...[10, 30, 100, 300].map(at), gap, single, cells].join(' | '));
  }
}

print('');
print(
  'Skill discovery on a square of 81 cells, 16 steps: accuracy and I(S; Z) in nats after each round, seeds 0, 1, 2',
);
const nine = square(9, 16);
for (const skills of [2, 4, 8]) {
  for (const seed of [0, 1, 2]) {
    const { rounds } = discoverSkills(nine, { skills, horizon: 16, rounds: 5 }, createRng(seed));
    const shown = rounds.map(
      ({ accuracy, information }) => `${accuracy.toFixed(3)} (${information.toFixed(3)})`,
    );
    print(`K = ${skills}, log K = ${Math.log(skills).toFixed(3)}: ${shown.join(' → ')}`);
  }
}
