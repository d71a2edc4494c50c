import { distributionChecks } from '@tasklearn/conformance';
import { createRng, evaluateEpisodes, metaTrain } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { circleBoundary, gaussianProcess, gaussianProcessPrediction, sinusoidOrLine } from '@tasklearn/tasks';
import { describe, expect, it } from 'vitest';
import { createAlpaca } from './create-amortised-learners.js';

const positiveOnly = {
  expectedFailures: { 'episodes fit the spec': 'the one support item lies inside: the other class has none' },
};
for (const [distribution, options] of [
  [sinusoidOrLine(), {}],
  [circleBoundary(), positiveOnly],
  [gaussianProcess(), {}],
] as const) {
  describe(distribution.id, () => {
    for (const check of distributionChecks(distribution, options)) it(check.name, check.run);
  });
}

describe('alpaca on functions of a Gaussian process', () => {
  it('gets from the prior most of the way to the exact posterior', async () => {
    const distribution = gaussianProcess({ shots: 6, queries: 8, lengthScale: 1, noise: 0.2 });
    const learner = createAlpaca({
      network: { hidden: [32, 32] },
      features: 12,
      noise: 0.5,
      optimizer: { learningRate: 0.005 },
    });
    const executor = compiledExecutor();
    const count = 60;
    const lossAfter = async (updates: number) => {
      for await (const event of metaTrain({
        learner,
        distribution,
        executor,
        seed: 1,
        updates,
        tasksPerUpdate: 16,
      })) {
        if (event.kind !== 'finished') continue;
        const rng = createRng('test');
        const range = { learner, distribution, executor, split: 'test', rng, count } as const;
        const results = await evaluateEpisodes({ ...range, theta: event.theta });
        return results.reduce((sum, { loss }) => sum + loss, 0) / count;
      }
      return Number.NaN;
    };
    const [before, after] = [await lossAfter(0), await lossAfter(300)];
    const exact = exactLoss(count);
    expect(after).toBeGreaterThan(exact - 0.05); // Nothing beats the posterior but chance.
    expect(before - after).toBeGreaterThan(0.5 * (before - exact));
  });
});

/** −log p of the exact prediction on the same episodes, mean over queries and tasks. */
function exactLoss(count: number): number {
  const options = { shots: 6, queries: 8, lengthScale: 1, noise: 0.2 };
  const { support, query } = gaussianProcess(options).episodes('test', 0, count, createRng('test'));
  let sum = 0;
  for (let task = 0; task < count; task++) {
    const part = (data: ArrayLike<number>, size: number) =>
      Array.from(data).slice(task * size, (task + 1) * size);
    const { mean, standardDeviation } = gaussianProcessPrediction(
      { inputs: part(support.labelled.inputs.data, 6), targets: part(support.labelled.targets.data, 6) },
      part(query.inputs.data, 8),
      options,
    );
    for (const [item, y] of part(query.targets.data, 8).entries()) {
      const deviation = standardDeviation[item] as number;
      const scaled = (y - (mean[item] as number)) / deviation;
      sum += 0.5 * scaled ** 2 + Math.log(deviation) + 0.5 * Math.log(2 * Math.PI);
    }
  }
  return sum / (8 * count);
}
