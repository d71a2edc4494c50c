import { createRng, randomAgent, runTrials, type Trajectory } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { expect, it } from 'vitest';
import { pointMass } from '../__fixtures__/point-mass.js';
import { modelBasedLearner } from './model-based-learner.js';
import { type ModelBasedOptions, modelBasedDefaults } from './model-based-options.js';
import { modelErrorCurve } from './model-error-curve.js';

const executor = compiledExecutor({ threads: 1, fallback: 'error' });

/** Errors 1 .. 8 steps ahead on fresh random episodes. */
async function errorsOf(options: ModelBasedOptions, gains: readonly number[]): Promise<readonly number[]> {
  const distribution = pointMass(gains);
  const context = { distribution, trial: distribution.trial, executor, rng: createRng(0) };
  const training = await modelBasedLearner(options).openTraining(context);
  await training.update();
  const results = await runTrials({
    agent: randomAgent(distribution.spec),
    distribution,
    tasks: [0, 1, 2, 3].map((index) => distribution.task('test', index, createRng(0))),
    trial: distribution.trial,
    rng: createRng(1),
    keepTrajectories: 4,
  });
  const errors = await modelErrorCurve({
    options,
    parameters: training.parameters(),
    spec: distribution.spec,
    trajectories: results.map(({ episodes }) => episodes[0]?.trajectory as Trajectory),
    horizon: 8,
    starts: 40,
    executor,
    rng: createRng(2),
  });
  training.dispose();
  return Array.from(errors);
}

const base: ModelBasedOptions = {
  ...modelBasedDefaults,
  outcomes: { ...modelBasedDefaults.outcomes, termination: 'ignored' },
  data: { ...modelBasedDefaults.data, initialEpisodes: 8 },
  fit: { ...modelBasedDefaults.fit, steps: 100 },
};

it('grows with the number of steps ahead for a learnt model, and is nothing for a solved linear world', async () => {
  const learnt = await errorsOf(base, [1]);
  for (const [index, error] of learnt.slice(1).entries())
    expect(error).toBeGreaterThan(learnt[index] as number);
  const model = { ...base.model, kind: 'random-features', members: 1, regularization: 1e-8 } as const;
  const solved = await errorsOf({ ...base, model }, [1]);
  expect(Math.max(...solved)).toBeLessThan(1e-2);
});

it('is lower for a model that adapts to each world than for one model of all', async () => {
  const model = { ...base.model, members: 1 };
  const fit = { ...base.fit, steps: 600, batchSize: 32 };
  const fixed = { ...base, model, fit, adaptation: { ...base.adaptation, forced: true } };
  const adaptation = { ...base.adaptation, kind: 'gradient', support: 4, query: 4, innerRate: 0.2 } as const;
  const [plain, adapted] = [
    await errorsOf(fixed, [1, -1]),
    await errorsOf({ ...base, model, fit, adaptation }, [1, -1]),
  ];
  expect(adapted[7]).toBeLessThan(0.9 * (plain[7] as number));
});
