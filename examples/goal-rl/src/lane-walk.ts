import {
  type ControlDistribution,
  type ControlLearner,
  createRng,
  evaluateTrials,
  summariseTrials,
} from '@tasklearn/core';
import { laneWalk } from '@tasklearn/environments';
import { createBehaviourCloning, createDagger } from '@tasklearn/rl';
import { compiledExecutor } from '@tasklearn/runtime';

const print = (line: string) => process.stdout.write(`${line}\n`);
const flag = (name: string, fallback: string) =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;

const SLIP = 0.005;
const horizons = [10, 20, 40, 80] as const;
const executor = compiledExecutor({ threads: 1 });
const small = { hidden: [8], learningRate: 0.02, cycles: 5, gradientSteps: 10, collectSteps: 20, copies: 4 };

/** Mean cost of 2,000 episodes in `tested`, after training in `shown`. */
async function cost(
  learner: ControlLearner,
  shown: ControlDistribution,
  tested: ControlDistribution,
  seed: number,
) {
  const rng = createRng(seed).split('training');
  const training = await learner.openTraining({ distribution: shown, trial: shown.trial, executor, rng });
  for (let update = 0; update < 6; update += 1) await training.update();
  const agent = await learner.openAgent(training.parameters(), { spec: tested.spec, executor });
  training.dispose();
  const results = [];
  const options = { agent, distribution: tested, split: 'test', count: 2000, trial: tested.trial } as const;
  for await (const result of evaluateTrials({ ...options, rng: createRng(seed).split('test') }))
    results.push(result);
  agent.dispose();
  return -summariseTrials(results, tested.trial).return;
}

/** Slope of log cost over log horizon, by least squares. */
function exponent(costs: readonly number[]): number {
  const xs = horizons.map(Math.log);
  const ys = costs.map(Math.log);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(xs), mean(ys)];
  const spread = xs.reduce((sum, value) => sum + (value - x) ** 2, 0);
  return xs.reduce((sum, value, index) => sum + (value - x) * ((ys[index] as number) - y), 0) / spread;
}

const arms = {
  'behaviour cloning': (seed: number, safe: ControlDistribution, slippery: ControlDistribution) =>
    cost(createBehaviourCloning({ ...small, collectLimit: 500 }), safe, slippery, seed),
  'of a disturbed expert': (seed: number, safe: ControlDistribution, slippery: ControlDistribution) =>
    cost(createBehaviourCloning({ ...small, collectLimit: 500, randomActions: 0.2 }), safe, slippery, seed),
  dagger: (seed: number, _safe: ControlDistribution, slippery: ControlDistribution) =>
    cost(createDagger(small), slippery, slippery, seed),
};

print(`arm | seed | ${horizons.map((horizon) => `cost at H = ${horizon}`).join(' | ')} | exponent`);
for (const seed of flag('seeds', '0').split(',').map(Number))
  for (const [name, measure] of Object.entries(arms)) {
    const costs: number[] = [];
    for (const horizon of horizons)
      costs.push(await measure(seed, laneWalk({ horizon, slip: 0 }), laneWalk({ horizon, slip: SLIP })));
    print(
      `${name} | ${seed} | ${costs.map((value) => value.toFixed(3)).join(' | ')} | ${exponent(costs).toFixed(2)}`,
    );
  }
process.exit();
