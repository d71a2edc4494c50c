import {
  createRegistry,
  createRng,
  type EpisodicLearner,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  type PartialOptions,
  type Tree,
} from '@tasklearn/core';
import { optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import { sinusoids } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusters } from './__fixtures__/clusters.js';
import { difference, smallParts } from './__fixtures__/small-regression.js';
import { score, train } from './__fixtures__/train.js';
import { learnedRate } from './engine/inner-rate.js';
import { unrolled } from './engine/meta-gradient.js';
import { metaLearner } from './engine/meta-learner.js';
import { createFromScratch } from './from-scratch.js';
import { createMaml } from './maml.js';
import type { MamlOptions } from './maml-options.js';
import { mamlPlugin } from './plugin.js';
import { mamlPresets } from './presets.js';

beforeAll(() => tf.setBackend('cpu'));

const quick: PartialOptions<MamlOptions> = {
  innerLearningRate: 0.02,
  testSteps: 5,
  optimizer: { learningRate: 3e-3 },
  model: { hidden: [32, 32], initializer: { name: 'glorotUniform' } },
};

describe('createMaml', () => {
  it('learns sinusoids: far below the best that one function can do for all, 3.006', async () => {
    const learner = createMaml(quick) as EpisodicLearner;
    const theta = await train(learner, sinusoids(), { updates: 1500, tasksPerUpdate: 10 });
    const tasks = sinusoids({ queries: 50, testGrid: true });
    const [unadapted, adapted] = await Promise.all(
      [0, 5].map((testSteps) => score(createMaml({ ...quick, testSteps }) as EpisodicLearner, tasks, theta)),
    );
    expect(unadapted).toBeGreaterThan(2.5);
    expect(adapted).toBeLessThan(1.2);
    const scratch = createFromScratch() as EpisodicLearner;
    expect(
      await score(scratch, tasks, await train(scratch, tasks, { updates: 0, tasksPerUpdate: 1 })),
    ).toBeGreaterThan(2.5);
  });

  const variants: Record<string, PartialOptions<MamlOptions>> = {
    maml: { innerSteps: 2 },
    'hessian-vector products': { innerSteps: 2, derivative: 'reverseHvp' },
    'first order': { order: 'first' },
    'head only, learned rates, clipped': {
      adapted: 'head',
      learnedRates: 'layerStep',
      innerGradientClip: 1,
      rateSign: 'positive',
    },
  };
  for (const [name, options] of Object.entries(variants)) {
    it(`gives the same numbers eagerly and compiled: ${name}`, async () => {
      const learner = createMaml({ model: { hidden: [5] }, ...options }) as EpisodicLearner;
      const run = { updates: 3, tasksPerUpdate: 2 };
      const compiled = await train(learner, clusters(), run);
      const eager = await train(learner, clusters(), { ...run, executor: eagerExecutor() });
      expect(difference(numbers(compiled), numbers(eager))).toBeLessThan(1e-4);
    });
  }

  it('of the convolutional network gives the same numbers eagerly and compiled', async () => {
    const learner = createMaml({
      model: { blocks: 2, filters: 3 },
      innerLearningRate: 0.1,
    }) as EpisodicLearner;
    const run = { updates: 2, tasksPerUpdate: 2 };
    const compiled = await train(learner, stripes, run);
    const eager = await train(learner, stripes, { ...run, executor: eagerExecutor() });
    expect(difference(numbers(compiled), numbers(eager))).toBeLessThan(1e-3);
  });

  it('refuses bad options by code', () => {
    const bad: PartialOptions<MamlOptions>[] = [
      { innerLearningRate: 0 },
      { innerLearningRate: -0.1 },
      { innerSteps: -1 },
      { innerSteps: 1.5 },
      { testSteps: -1 },
      { order: 'third' as never },
      { order: 'first', derivative: 'reverseHvp' },
      { adapted: '' },
      { learnedRates: 'some' as never },
      { innerGradientClip: -1 },
      { optimizer: { learningRate: 0 } },
      { model: { hidden: [0] } },
      { model: { activation: 'step' as never } },
      { innerStep: 1 } as never,
    ];
    for (const options of bad) {
      const make = () => createMaml(options).init(sinusoids().spec, createRng(0));
      expect(make, JSON.stringify(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });

  it('takes the rate of images or of vectors where none is given', () => {
    const change = (learner: EpisodicLearner, images: boolean) => {
      const distribution = images ? stripes : clusters();
      const rng = createRng(0);
      const theta = learner.init(distribution.spec, rng) as { model: { head: { bias: tf.Tensor } } };
      const { support } = distribution.episodes('test', 0, 1, rng);
      const device = {
        labelled: { inputs: device3(support.labelled.inputs), targets: device3(support.labelled.targets) },
      };
      const phi = learner.adapt(theta, device, rng, distribution.spec) as { head: { bias: tf.Tensor } };
      return tf.norm(tf.sub(phi.head.bias, theta.model.head.bias)).dataSync()[0] as number;
    };
    for (const [images, rate] of [
      [true, 0.4],
      [false, 0.01],
    ] as const) {
      const model = { filters: 2, blocks: 2 };
      const automatic = change(createMaml({ testSteps: 1, model }) as EpisodicLearner, images);
      const given = change(
        createMaml({ testSteps: 1, model, innerLearningRate: rate }) as EpisodicLearner,
        images,
      );
      expect(automatic).toBeCloseTo(given, 8);
    }
  });
});

describe('Meta-SGD', () => {
  it('finds the rate that solves an offset in one step: 1/4 with two adapted scalars', async () => {
    // y = c + noise-free, prediction a + b: the error e moves by −α·2e in each of a and b, so 4α = 1.
    const offsets = sinusoids({
      shots: 1,
      queries: 1,
      amplitude: [0.5, 3],
      phase: [Math.PI / 2, Math.PI / 2],
      range: [0, 0],
    });
    const model = {
      init: () => ({ layer1: { bias: tf.zeros([1]) }, head: { bias: tf.zeros([1]) } }),
      apply(parameters: Record<string, Record<string, tf.Tensor>>, inputs: tf.Tensor) {
        const [a, b] = [parameters.layer1?.bias, parameters.head?.bias] as [tf.Tensor, tf.Tensor];
        return tf.add(tf.zerosLike(inputs), tf.expandDims(tf.add(a, b), 1)); // [T, 1, 1]
      },
    };
    const learner = metaLearner({
      ...smallParts({ model: () => model, steps: { train: 1, test: 1 }, metaGradient: unrolled() }),
      rate: learnedRate({ granularity: 'layer', initial: 0.05, sign: 'signed' }),
      optimizer: optimizerFor({ ...optimizerDefaults, learningRate: 0.02 }),
    }) as EpisodicLearner;
    const theta = (await train(learner, offsets, { updates: 400, tasksPerUpdate: 8 })) as never as {
      rates: Record<string, Record<string, HostTensor>>;
    };
    const [a, b] = [theta.rates.head?.bias?.data[0], theta.rates.layer1?.bias?.data[0]] as [number, number];
    expect((a + b) / 2).toBeGreaterThan(0.2475);
    expect((a + b) / 2).toBeLessThan(0.2525);
  });
});

describe('the plugin', () => {
  const registry = createRegistry([mamlPlugin]);

  it('makes every learner from its defaults, and refuses a misspelt option', () => {
    for (const key of Object.keys(mamlPlugin.learners)) {
      const learner = registry.createLearner(`@tasklearn/maml/${key}`, {}) as EpisodicLearner;
      expect(learner.kind).toBe('episodic');
      expect(() => registry.createLearner(`@tasklearn/maml/${key}`, { modell: {} })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
  });

  it('has presets that are valid options', () => {
    for (const preset of Object.values(mamlPresets)) expect(() => createMaml(preset)).not.toThrow();
  });
});

/** 3-way episodes of 8x8 images: each class is a stripe of its own. */
const stripes = {
  ...clusters(2, 2),
  spec: { ...clusters(2, 2).spec, input: { shape: [8, 8, 1], dtype: 'float32' } as const },
  episodes(...[split, first, count, rng]: Parameters<ReturnType<typeof clusters>['episodes']>) {
    const { support, query } = clusters(2, 2).episodes(split, first, count, rng);
    const asImages = (set: typeof query) => {
      const [tasks = 0, items = 0] = set.targets.shape;
      const data = new Float32Array(tasks * items * 64);
      for (let pixel = 0; pixel < data.length; pixel++) {
        const item = Math.floor(pixel / 64);
        data[pixel] = set.inputs.data[item * 6 + (Math.floor((pixel % 64) / 8) % 6)] as number;
      }
      return { ...set, inputs: { dtype: 'float32', shape: [tasks, items, 8, 8, 1], data } as HostTensor };
    };
    return { support: { labelled: asImages(support.labelled) }, query: asImages(query) };
  },
};

function device3({ data, shape, dtype }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], dtype);
}

function numbers(theta: Tree<HostTensor>): number[] {
  return leavesOf<HostTensor>(theta).flatMap((leaf) => [...leaf.data]);
}
