import { type ControlAgent, createRng, randomAgent, runTrials, type Trajectory } from '@tasklearn/core';
import { pointReach } from '@tasklearn/environments';
import { createStateMarginalMatching, entropy } from '@tasklearn/goal-rl';
import { compiledExecutor } from '@tasklearn/runtime';

const BINS = 10;
const EPISODES = 100;
const print = (line: string) => process.stdout.write(`${line}\n`);
const flag = (name: string, fallback: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;

const distribution = pointReach({ motion: 'kinematic', layout: 'rooms', randomGoal: false });
const executor = compiledExecutor({ threads: 1 });
const shared = { episodesPerUpdate: 8, features: [0, 1], learningRate: 1e-3 };

/** Entropy of the states of many episodes in nats, and cells visited, from counts in 10 × 10 cells. */
function coverage(trajectories: readonly Trajectory[]) {
  const counts = new Float64Array(BINS * BINS);
  const place = (value: number) => Math.min(BINS - 1, Math.max(0, Math.floor(((value + 1) / 2) * BINS)));
  for (const { observations, length } of trajectories)
    for (let time = 1; time <= length; time += 1) {
      const cell =
        place(observations[4 * time + 1] as number) * BINS + place(observations[4 * time] as number);
      counts[cell] = (counts[cell] as number) + 1;
    }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const shares = counts.map((count) => count / total);
  return { entropy: entropy(shares), cells: counts.filter((count) => count > 0).length };
}

async function measure(name: string, seed: number, agent: ControlAgent) {
  const task = distribution.task('test', 0, createRng(seed));
  const results = await runTrials({
    agent,
    distribution,
    tasks: Array.from({ length: EPISODES }, () => task),
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    rng: createRng(seed).split('test'),
    keepTrajectories: EPISODES,
  });
  agent.dispose();
  const found = coverage(
    results.flatMap(({ episodes }) => episodes.flatMap(({ trajectory }) => (trajectory ? [trajectory] : []))),
  );
  print(`${name} | ${seed} | ${found.entropy.toFixed(3)} | ${found.cells}`);
}

const arms = {
  'state marginal matching': { history: 'all', output: 'mixture' },
  'its last policy alone': { history: 'all', output: 'last' },
  'novelty: density of the last update, last policy': { history: 'current', output: 'last' },
} as const;

print(
  `arm | seed | entropy of states, of at most ${Math.log(BINS * BINS).toFixed(3)} nats | cells of ${BINS * BINS}`,
);
for (const seed of flag('seeds', '0').split(',').map(Number)) {
  await measure('uniformly random actions', seed, randomAgent(distribution.spec));
  for (const [name, arm] of Object.entries(arms)) {
    const learner = createStateMarginalMatching({ ...shared, ...arm });
    const rng = createRng(seed).split('training');
    const training = await learner.openTraining({ distribution, trial: distribution.trial, executor, rng });
    for (let update = 0; update < Number(flag('updates', '100')); update += 1) await training.update();
    const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
    training.dispose();
    await measure(name, seed, agent);
  }
}
process.exit();
