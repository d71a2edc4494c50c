import { createRng, type EpisodicLearner, eagerExecutor, type HostTensor, leavesOf } from '@tasklearn/core';
import { gradients } from '@tasklearn/nn';
import { sinusoids } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusters } from './__fixtures__/clusters.js';
import {
  gradientAt,
  hessians,
  quadraticEpisodes,
  quadraticSpec,
  supportCentres,
  vectorModel,
} from './__fixtures__/quadratics.js';
import {
  difference,
  flat,
  outerGradient,
  regressionEpisodes,
  regressionSpec,
  smallParts,
} from './__fixtures__/small-regression.js';
import { score, train } from './__fixtures__/train.js';
import { fixedRate } from './engine/inner-rate.js';
import { metaLearner } from './engine/meta-learner.js';
import { reptileGradient } from './engine/reptile-gradient.js';
import { createReptile, type ReptileOptions } from './reptile.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('reptile');

describe('reptileGradient', () => {
  it('with one inner step is α times the gradient of joint training on support and query', () => {
    const learner = metaLearner(
      smallParts({ metaGradient: reptileGradient(), steps: { train: 1, test: 1 } }),
    );
    const theta = learner.init(regressionSpec, rng);
    const episodes = regressionEpisodes(3);
    const { support, query } = episodes;
    const [inputs, targets] = [
      tf.concat([support.labelled.inputs, query.inputs], 1),
      tf.concat([support.labelled.targets, query.targets], 1),
    ];
    const model = smallParts().model(regressionSpec, 'train');
    const joint = gradients(
      (parameters) => tf.mean(tf.square(tf.sub(model.apply(parameters, inputs), targets))).asScalar(),
      theta.model,
    );
    const expected = [...flat(joint)].map((g) => 0.1 * g);
    expect(difference(outerGradient(learner, theta, episodes), expected)).toBeLessThan(1e-5);
  });

  it('with two inner steps is α (2g − αHg): it also goes down the norm of the gradient', () => {
    const parts = smallParts({
      model: () => vectorModel,
      metaGradient: reptileGradient(),
      steps: { train: 2, test: 2 },
      rate: fixedRate(0.05),
    });
    const learner = metaLearner(parts);
    const { support } = quadraticEpisodes([0]);
    const spec = quadraticSpec([0]);
    const twice = { support, query: support.labelled }; // the pool is the support set twice
    const theta = learner.init(spec, rng);
    const a = hessians[0] as number[][];
    const centre = supportCentres[0] as number[];
    // The pooled loss of the fixture's quadratic is a sum over its two items: twice A.
    const g = gradientAt(a, [0.3, -0.4], centre).map((x) => 2 * x);
    const hg = a.map((row) => 2 * row.reduce((sum, x, index) => sum + x * (g[index] as number), 0));
    const expected = g.map((x, index) => 0.05 * (2 * x - 0.05 * (hg[index] as number))).reverse();
    expect(difference(outerGradient(learner, theta, twice, spec), expected)).toBeLessThan(1e-5);
  });
});

describe('createReptile', () => {
  it('learns sinusoids to below what one function can do for all', async () => {
    const options = {
      innerLearningRate: 0.02,
      innerOptimizer: 'sgd',
      innerSteps: 8,
      outerStepSize: 0.3,
      model: { hidden: [32, 32], initializer: { name: 'glorotUniform' } },
    } as const;
    const learner = createReptile(options) as EpisodicLearner;
    const theta = await train(learner, sinusoids(), { updates: 600, tasksPerUpdate: 10 });
    const tasks = sinusoids({ queries: 50, testGrid: true });
    expect(
      await score(createReptile({ ...options, testSteps: 10 }) as EpisodicLearner, tasks, theta),
    ).toBeLessThan(2.4);
  });

  it('draws the same mini-batches eagerly and compiled', async () => {
    const learner = createReptile({ miniBatch: 4, model: { hidden: [5] } }) as EpisodicLearner;
    const run = { updates: 3, tasksPerUpdate: 2 };
    const [compiled, eager] = [
      await train(learner, clusters(), run),
      await train(learner, clusters(), { ...run, executor: eagerExecutor() }),
    ].map((theta) => leavesOf<HostTensor>(theta).flatMap((leaf) => [...leaf.data]));
    expect(difference(compiled ?? [], eager ?? [])).toBeLessThan(1e-4);
  });

  it('lets its step fall to nothing over the updates told', () => {
    const { optimizer } = createReptile({ outerStepSize: 0.5, annealOver: 10 });
    const gradient = tf.tensor1d([2]);
    const changes = [0, 5, 10, 99].map(
      (step) => optimizer?.update(gradient, {}, gradient, tf.scalar(step)).change.dataSync()[0] as number,
    );
    expect(changes.map((change) => Math.round(change * 1000) / 1000 + 0)).toEqual([-1, -0.5, 0, 0]);
  });

  it('refuses bad options by code', () => {
    const bad: Partial<ReptileOptions>[] = [
      { innerSteps: 0 },
      { innerLearningRate: 0 },
      { miniBatch: -1 },
      { outerStepSize: 0 },
      { annealOver: 0.5 },
      { testSteps: -1 },
      { innerGradientClip: -1 },
      { innerOptimizer: 'momentum' as never },
    ];
    for (const options of bad) {
      expect(() => createReptile(options), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
  });
});
