import {
  type ControlDistribution,
  type ControlLearner,
  type ControlTrainingContext,
  createRng,
  evaluateTrials,
  summariseTrials,
} from '@tasklearn/core';
import { laneWalk, pendulum } from '@tasklearn/environments';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { createBehaviourCloning, createDagger } from '../learners/imitation.js';
import { policyFor } from '../policies/policy-for.js';
import { cloningLoss } from './cloning.js';

const executor = compiledExecutor({ threads: 1 });
const small = { hidden: [8], learningRate: 0.02, cycles: 5, gradientSteps: 10, collectSteps: 20, copies: 4 };

const contextOf = (distribution: ControlDistribution): ControlTrainingContext => ({
  distribution,
  trial: distribution.trial,
  executor,
  rng: createRng(1),
});

/** Mean cost of episodes in `tested`, after training in `shown`. */
async function cost(learner: ControlLearner, shown: ControlDistribution, tested: ControlDistribution) {
  const training = await learner.openTraining(contextOf(shown));
  for (let update = 0; update < 6; update += 1) await training.update();
  const agent = await learner.openAgent(training.parameters(), { spec: tested.spec, executor });
  const results = [];
  const trial = tested.trial;
  for await (const result of evaluateTrials({
    agent,
    distribution: tested,
    split: 'test',
    count: 300,
    trial,
    rng: createRng(9),
  }))
    results.push(result);
  agent.dispose();
  training.dispose();
  return -summariseTrials(results, trial).return;
}

describe('cloningLoss', () => {
  it('is the mean of −log π', () => {
    tf.tidy(() => {
      const spec = {
        observation: { shape: [2], dtype: 'float32' },
        action: { shape: [], dtype: 'int32', minimum: 0, maximum: 1 },
        horizon: 1,
        hasSuccess: false,
      } as const;
      const policy = policyFor(spec, { hidden: [] });
      const parameters = { head: { weight: tf.zeros([2, 2]), bias: tf.tensor([0, Math.log(3)]) } };
      const batch = {
        observation: tf.zeros([1, 2, 2]),
        action: tf.tensor([1, 0], [1, 2, 1]),
        weights: tf.ones([1, 2]),
      };
      const loss = cloningLoss(policy, parameters, batch).dataSync()[0];
      expect(loss).toBeCloseTo((-Math.log(0.75) - Math.log(0.25)) / 2);
    });
  });
});

describe('cloning of continuous actions', () => {
  it('is the likelihood of a Gaussian', () => {
    tf.tidy(() => {
      const policy = policyFor(pendulum().spec, { hidden: [] });
      const parameters = {
        head: { weight: tf.zeros([3, 1]), bias: tf.zeros([1]) },
        logDeviation: { value: tf.zeros([1]) },
      };
      const batch = {
        observation: tf.zeros([1, 1, 3]),
        action: tf.tensor([[[2]]]),
        weights: tf.ones([1, 1]),
      };
      const loss = cloningLoss(policy, parameters, batch).dataSync()[0];
      expect(loss).toBeCloseTo(2 + 0.5 * Math.log(2 * Math.PI), 4);
    });
  });

  it('comes near to the expert', async () => {
    const swing = pendulum({ horizon: 50 });
    const learner = createBehaviourCloning({ ...small, hidden: [16], cycles: 10, collectLimit: 2000 });
    const training = await learner.openTraining(contextOf(swing));
    const first = (await training.update()).metrics.loss as number;
    for (let update = 0; update < 4; update += 1) await training.update();
    const last = (await training.update()).metrics.loss as number;
    training.dispose();
    expect(last).toBeLessThan(first - 0.5);
  });
});

describe('on a lane that the expert never leaves', () => {
  // After a slip at time t the imitator stays off the lane for the H − t steps left: about ε H² / 2; DAgger comes back at
  // once: about ε H.
  const slip = 0.005;
  it('behaviour cloning costs the square of the horizon, DAgger the horizon', async () => {
    const costs = async (horizon: number) => {
      const [safe, slippery] = [laneWalk({ horizon, slip: 0 }), laneWalk({ horizon, slip })];
      return {
        cloned: await cost(createBehaviourCloning({ ...small, collectLimit: 500 }), safe, slippery),
        dagger: await cost(createDagger(small), slippery, slippery),
      };
    };
    const [short, long] = [await costs(20), await costs(80)];
    const exponent = (a: number, b: number) => Math.log(b / a) / Math.log(4);
    expect(exponent(short.cloned, long.cloned)).toBeGreaterThan(1.6);
    expect(exponent(short.cloned, long.cloned)).toBeLessThan(2.3);
    expect(exponent(short.dagger, long.dagger)).toBeGreaterThan(0.7);
    expect(exponent(short.dagger, long.dagger)).toBeLessThan(1.3);
    expect(long.dagger).toBeLessThan(80 * slip * 1.5);
  });

  it('a disturbed expert shows the way back', async () => {
    const [safe, slippery] = [laneWalk({ horizon: 80, slip: 0 }), laneWalk({ horizon: 80, slip })];
    const disturbed = createBehaviourCloning({ ...small, collectLimit: 500, randomActions: 0.2 });
    expect(await cost(disturbed, safe, slippery)).toBeLessThan(80 * slip * 1.5);
  });
});

describe('imitation', () => {
  it('needs an expert', async () => {
    const walk = laneWalk();
    const { references: _none, ...alone } = walk;
    const training = createDagger(small).openTraining(contextOf(alone as ControlDistribution));
    await expect(training).rejects.toMatchObject({ code: 'UNSUPPORTED_TASK' });
    const other = createDagger({ ...small, expert: 'nobody' }).openTraining(contextOf(walk));
    await expect(other).rejects.toMatchObject({ code: 'UNSUPPORTED_TASK' });
    expect(codeOf(() => createDagger({ expertDecay: 2 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => createDagger({ nStep: 2 }))).toBe('INVALID_OPTION');
  });
});
