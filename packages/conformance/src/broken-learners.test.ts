import {
  type Capabilities,
  defineLearner,
  type EpisodeBatch,
  type EpisodicLearner,
  type LearnerDescriptor,
  type Plugin,
  type PredictiveDistribution,
} from '@tasklearn/core';
import { lossOf } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  type Linear,
  type LinearOptions,
  linear,
  linearMaml,
  outputs,
  prototype,
  prototypes,
  toyPlugin,
} from './__fixtures__/toy-plugin.js';
import { trivialDistribution } from './episodes/trivial-distribution.js';
import { learnerChecks } from './learner-checks.js';

type Learner = EpisodicLearner<Linear, Linear>;
type Change = (good: Learner, options: Readonly<LinearOptions>) => Partial<Learner>;

const given = { options: { outerLearningRate: 0.02 } };
const regression = trivialDistribution({
  input: { shape: [2], dtype: 'float32' },
  target: { kind: 'regression', shape: [2] },
  loss: 'meanSquaredError',
  supportSize: 5,
  querySize: 4,
});

/** A plugin whose `linear` is changed. */
function broken(change: Change, capabilities: Partial<Capabilities> = {}): Plugin {
  const create = (options: Readonly<LinearOptions>) => {
    const good = linearMaml(options);
    return { ...good, ...change(good, options) };
  };
  return withLinear({ ...linear, capabilities: { ...linear.capabilities, ...capabilities }, create });
}

function withLinear(descriptor: LearnerDescriptor<LinearOptions>): Plugin {
  return { ...toyPlugin, learners: { linear: defineLearner(descriptor), prototype } };
}

async function run(
  plugin: Plugin,
  key: string,
  name: string,
  more: Parameters<typeof learnerChecks>[2] = given,
): Promise<void> {
  const check = learnerChecks(plugin, key, more).find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

const failed = { code: '@tasklearn/conformance:FAILED' };

const predicting =
  (
    change: (mean: Tensor, inputs: Tensor, good: PredictiveDistribution) => Partial<PredictiveDistribution>,
  ): Change =>
  (learner) => ({
    predict: (theta, phi, inputs, rng, spec) => {
      const good = learner.predict(theta, phi, inputs, rng, spec);
      return { ...good, ...change(good.mean(), inputs, good) };
    },
  });

const stop = tf.customGrad((x) => ({ value: (x as Tensor).clone(), gradFunc: (dy) => tf.zerosLike(dy) }));

/** The outer loss after another inner step. */
const outer =
  (inner: (theta: Linear, after: Linear) => Linear): Change =>
  (good) => ({
    metaLoss: (theta, { support, query }, rng, spec) => {
      const phi = inner(theta, good.adapt(theta, support, rng, spec));
      return {
        loss: tf.mean(lossOf(spec)(outputs(phi, query.inputs), query.targets, query.mask)) as Scalar,
        metrics: {},
      };
    },
  });

const scaled = (phi: Linear, by: number): Linear => ({ weight: tf.mul(phi.weight, by), bias: phi.bias });

/** What each learner does wrong, under the name of the check that must notice. */
const mistakes: readonly (readonly [check: string, mistake: string, change: Change])[] = [
  [
    'same seed, same numbers',
    'ignores its seed',
    (good) => ({ init: (spec, rng) => ({ ...good.init(spec, rng), bias: tf.fill([3], Math.random()) }) }),
  ],
  [
    'leaves its inputs as they were',
    'disposes its support set',
    (good) => ({
      adapt: (theta, support, rng, spec) => {
        const phi = good.adapt(theta, support, rng, spec);
        support.labelled.inputs.dispose();
        return phi;
      },
    }),
  ],
  [
    'leaves its inputs as they were',
    'writes into θ',
    (good) => ({
      metaLoss: (theta, episodes, rng, spec) => {
        const result = (good.metaLoss as NonNullable<Learner['metaLoss']>)(theta, episodes, rng, spec);
        theta.weight.dataSync().fill(1); // The cpu backend hands out its own storage.
        return result;
      },
    }),
  ],
  [
    'leaks no tensor per update',
    'keeps its loss',
    (good) => ({
      metaLoss: (...call) => {
        const result = (good.metaLoss as NonNullable<Learner['metaLoss']>)(...call);
        tf.keep(result.loss.clone());
        return result;
      },
    }),
  ],
  [
    'leaks no tensor per adaptation',
    'keeps φ',
    (good) => ({
      adapt: (...call) => {
        const phi = good.adapt(...call);
        tf.keep(phi.bias.clone());
        return phi;
      },
    }),
  ],
  [
    'state survives a checkpoint',
    'counts updates where no checkpoint sees it',
    (good) => {
      let updates = 0;
      return {
        metaLoss: (...call) => {
          const { loss, metrics } = (good.metaLoss as NonNullable<Learner['metaLoss']>)(...call);
          return { loss: tf.mul(loss, 1 / ++updates) as Scalar, metrics };
        },
      };
    },
  ],
  [
    'predictions fit the task',
    'gives logits for probabilities',
    predicting((_mean, _inputs, { parameters }) => ({ mean: () => parameters.logits as Tensor })),
  ],
  [
    'predictions fit the task',
    'gives negative probabilities',
    predicting((mean) => ({ mean: () => tf.sub(tf.mul(mean, 7), 2) })),
  ],
  ['predictions fit the task', 'forgets an axis', predicting((mean) => ({ mean: () => tf.sum(mean, -1) }))],
  [
    'predictions fit the task',
    'predicts NaN',
    predicting((mean) => ({ mean: () => tf.mul(mean, Number.NaN) })),
  ],
  [
    'predictions fit the task',
    'has another likelihood than mean',
    predicting((mean) => ({ mean: () => tf.reverse(mean, -1) })),
  ],
  [
    'predictions fit the task',
    'samples probabilities',
    predicting((mean) => ({ sample: () => tf.sum(mean, -1) })),
  ],
  [
    'predictions fit the task',
    'has negative entropy',
    predicting((mean) => ({ entropy: () => tf.neg(tf.sum(mean, -1)) })),
  ],
  [
    'predictions fit the task',
    'has negative variance',
    predicting((mean) => ({ variance: () => tf.neg(mean) })),
  ],
  [
    'query targets cannot reach predictions',
    'remembers the query targets of its outer loss',
    (good) => {
      let seen = 0;
      return {
        metaLoss: (theta, episodes: EpisodeBatch, rng, spec) => {
          seen += 0.01 * (1 + (episodes.query.targets.dataSync()[0] as number));
          return (good.metaLoss as NonNullable<Learner['metaLoss']>)(theta, episodes, rng, spec);
        },
        predict: (theta, phi, inputs, rng, spec) =>
          good.predict(theta, scaled(phi, 1 + seen), inputs, rng, spec),
      };
    },
  ],
  [
    'query targets cannot reach predictions',
    'learns from the targets it is asked the likelihood of',
    predicting((mean, _inputs, good) => {
      let targets: Tensor | undefined;
      return {
        logProbability: (given: Tensor) => {
          targets = given;
          return good.logProbability(given);
        },
        mean: () => (targets === undefined ? mean : tf.oneHot(targets as tf.Tensor2D, 3, 1, 0, 'float32')),
      };
    }),
  ],
  [
    'a batch of tasks is as many batches of one',
    'mixes tasks',
    (good) => ({
      adapt: (...call) => scaled(good.adapt(...call), 1 + 0.1 * (call[1].labelled.inputs.shape[0] as number)),
    }),
  ],
  [
    'order of support items does not matter',
    'trusts the first item most',
    (good) => ({
      adapt: (theta, support, rng, spec) => {
        const first = tf.mean(tf.slice(support.labelled.inputs, [0, 0], [-1, 1]), [1, 2]); // [T]
        const phi = good.adapt(theta, support, rng, spec);
        return {
          ...phi,
          weight: tf
            .add(phi.weight, tf.reshape(first, [-1, 1, 1]))
            .mul(tf.add(1, tf.reshape(first, [-1, 1, 1]))),
        };
      },
    }),
  ],
  [
    'query items do not influence each other',
    'centres its queries',
    (good) => ({
      predict: (theta, phi, inputs, rng, spec) =>
        good.predict(theta, phi, tf.sub(inputs, tf.mean(inputs, 1, true)), rng, spec),
    }),
  ],
  [
    'masked items have no influence',
    'adapts to masked items',
    (good) => ({
      adapt: (theta, { labelled: { inputs, targets } }, rng, spec) =>
        good.adapt(theta, { labelled: { inputs, targets } }, rng, spec),
    }),
  ],
  [
    'masked items have no influence',
    'has masked queries in its outer loss',
    (good) => ({
      metaLoss: (theta, { support, query: { inputs, targets } }, rng, spec) =>
        (good.metaLoss as NonNullable<Learner['metaLoss']>)(
          theta,
          { support, query: { inputs, targets } },
          rng,
          spec,
        ),
    }),
  ],
  [
    'adapting lowers the loss on a trivial task',
    'does not look at its support set',
    () => ({ adapt: (theta) => ({ weight: tf.mul(theta.weight, 1), bias: tf.mul(theta.bias, 1) }) }),
  ],
  [
    'the meta-gradient agrees with differences',
    'has a wrong second derivative',
    outer((theta, after) => ({
      weight: tf.sub(theta.weight, stop(tf.sub(theta.weight, after.weight))),
      bias: tf.sub(theta.bias, stop(tf.sub(theta.bias, after.bias))),
    })),
  ],
  [
    'the meta-gradient agrees with differences',
    'loses the gradient of one leaf',
    outer((_theta, after) => ({ weight: after.weight, bias: stop(after.bias) as Tensor })),
  ],
  [
    'the meta-gradient agrees with differences',
    'has no gradient at all',
    outer((_theta, after) => ({ weight: stop(after.weight) as Tensor, bias: stop(after.bias) as Tensor })),
  ],
  [
    'executors agree',
    'computes something else when it is recorded',
    (good) => ({ adapt: (...call) => scaled(good.adapt(...call), tf.getBackend() === 'cpu' ? 1 : 1.01) }),
  ],
];

describe('broken learners are caught by the check of that name', () => {
  it.each(mistakes)('%s: one that %s', async (name, _mistake, change) => {
    await run(toyPlugin, 'linear', name);
    await expect(run(broken(change), 'linear', name)).rejects.toMatchObject(failed);
    // The same failure, expected, passes.
    await run(broken(change), 'linear', name, { ...given, expectedFailures: { [name]: 'on purpose' } });
  });

  it('leaves its inputs as they were: one that assigns to them', async () => {
    const plugin = broken((good) => ({
      adapt: (theta, support, rng, spec) => {
        (support as { labelled: unknown }).labelled = { ...support.labelled };
        return good.adapt(theta, support, rng, spec);
      },
    }));
    await expect(run(plugin, 'linear', 'leaves its inputs as they were')).rejects.toThrow(TypeError);
  });

  it('predictions fit the task: regression too', async () => {
    const plugin = broken(predicting((mean) => ({ mean: () => tf.mul(mean, Number.POSITIVE_INFINITY) })));
    await expect(
      run(plugin, 'linear', 'predictions fit the task', { distribution: regression }),
    ).rejects.toMatchObject(failed);
  });

  it('adapts to other shots: one that counts on its training shots', async () => {
    const plugin = broken((good) => ({
      adapt: (theta, { labelled }, rng, spec) => {
        const inputs = tf.reshape(labelled.inputs, [-1, 6, ...spec.input.shape]);
        return good.adapt(theta, { labelled: { ...labelled, inputs } }, rng, spec);
      },
    }));
    await expect(run(plugin, 'linear', 'adapts to other shots')).rejects.toThrow('shape');
    await run(toyPlugin, 'linear', 'adapts to other shots');
  });

  it('adapts to other ways: one with a head of fixed size', async () => {
    const create = () => {
      const good = prototypes();
      return {
        ...good,
        adapt: (...[theta, support, rng, spec]: Parameters<typeof good.adapt>) =>
          good.adapt(theta, support, rng, { ...spec, ways: 3 }),
      };
    };
    const plugin = { ...toyPlugin, learners: { prototype: defineLearner({ ...prototype, create }) } };
    await expect(run(plugin, 'prototype', 'adapts to other ways', {})).rejects.toThrow();
    await run(toyPlugin, 'prototype', 'adapts to other ways', {});
  });

  it('refuses targets it does not declare: one that takes them, and one that throws anything', async () => {
    const name = 'refuses targets it does not declare';
    const inits = [
      () => ({}),
      () => {
        throw new Error('regression?');
      },
    ];
    for (const init of inits) {
      const create = () => ({ ...prototypes(), init });
      const plugin = { ...toyPlugin, learners: { prototype: defineLearner({ ...prototype, create }) } };
      await expect(run(plugin, 'prototype', name, {})).rejects.toMatchObject(failed);
    }
  });

  it('creates from its defaults alone: one that reads an option it does not have, one of another kind, one without JSON', async () => {
    const name = 'creates from its defaults alone';
    const reads = withLinear({
      ...linear,
      create: (options) => linearMaml({ ...options, start: (options as { begin?: string }).begin ?? 'zero' }),
    });
    await expect(run(reads, 'linear', name)).rejects.toMatchObject({
      ...failed,
      details: { keys: ['begin'] },
    });
    const stream = withLinear({
      ...linear,
      create: (options) => ({ ...linearMaml(options), kind: 'stream' }) as never,
    });
    await expect(run(stream, 'linear', name)).rejects.toMatchObject(failed);
    const nested = defineLearner({
      ...linear,
      defaults: { model: { size: 1, layers: [1] } },
      create: ({ model }) =>
        linearMaml({ innerLearningRate: model.size, outerLearningRate: 1, start: 'zero' }),
    });
    await run({ ...toyPlugin, learners: { nested } }, 'nested', name, {});
    const notJson = defineLearner({
      ...linear,
      defaults: { ...linear.defaults, innerLearningRate: Number.NaN },
    });
    const checks = () =>
      learnerChecks({ ...toyPlugin, learners: { notJson } }, 'notJson', { distribution: regression });
    // The checks tell, not the making of them.
    expect(checks().map((check) => check.name)).toEqual([
      'creates from its defaults alone',
      'refuses bad option values',
      'can be created with the options given',
    ]);
    await expect(checks()[0]?.run()).rejects.toMatchObject(failed);
    await expect(checks()[2]?.run()).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('refuses bad option values: one that takes NaN, one that throws anything, and values of the author', async () => {
    const name = 'refuses bad option values';
    const careless = withLinear({ ...linear, create: () => linearMaml(linear.defaults) });
    await expect(run(careless, 'linear', name)).rejects.toMatchObject(failed);
    const rude = withLinear({
      ...linear,
      create: (options) => {
        if (Number.isNaN(options.innerLearningRate)) throw new RangeError('NaN');
        return linearMaml(options);
      },
    });
    await expect(run(rude, 'linear', name)).rejects.toMatchObject(failed);
    await run(toyPlugin, 'linear', name, {
      badOptions: [{ innerLearningRate: -1 }, { innerLearningRat: 1 }],
    });
    await expect(
      run(toyPlugin, 'linear', name, { badOptions: [{ innerLearningRate: 7 }] }),
    ).rejects.toMatchObject(failed);
    const named = defineLearner({
      ...linear,
      defaults: { ...linear.defaults, note: 'any text', nested: { rate: 1 } },
      create: ({ note: _, nested, ...options }) => {
        linearMaml({ ...options, innerLearningRate: nested.rate });
        return linearMaml(options);
      },
    });
    const plugin = { ...toyPlugin, learners: { named } };
    await expect(run(plugin, 'named', name, {})).rejects.toMatchObject(failed);
    await run(plugin, 'named', name, { freeTextOptions: ['note'] });
  });
});

describe('learnerChecks', () => {
  it('says when an expected failure passes', async () => {
    const name = 'executors agree';
    await expect(
      run(toyPlugin, 'linear', name, { expectedFailures: { [name]: 'was broken once' } }),
    ).rejects.toMatchObject({ ...failed, details: { check: name, reason: 'was broken once' } });
  });

  it('refuses an expected failure of no check, and a learner that is not there', () => {
    expect(() => learnerChecks(toyPlugin, 'linear', { expectedFailures: { 'executors agre': '' } })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining("'executors agree'"),
      }),
    );
    expect(() => learnerChecks(toyPlugin, 'linear', { expectedFailures: { zzz: '' } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => learnerChecks(toyPlugin, 'lineal')).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_LEARNER' }),
    );
    expect(() => learnerChecks({ ...toyPlugin, learners: {} }, 'linear')).toThrow(/none/);
    const { learners: _, ...empty } = toyPlugin;
    expect(() => learnerChecks(empty, 'linear')).toThrow(/none/);
  });

  it('checks the options alone of a learner of another kind', () => {
    const stream = defineLearner({ ...linear, kind: 'stream' } as typeof linear);
    expect(learnerChecks({ ...toyPlugin, learners: { stream } }, 'stream').map(({ name }) => name)).toEqual([
      'creates from its defaults alone',
      'refuses bad option values',
    ]);
  });

  it('asks no derivative of a learner that gives its own gradient', () => {
    const plugin = broken((good) => ({
      metaGradient: (theta, episodes, rng, spec) => ({
        gradient: good.adapt(theta, episodes.support, rng, spec),
        metrics: {},
      }),
    }));
    const names = learnerChecks(plugin, 'linear').map(({ name }) => name);
    expect(names).not.toContain('the meta-gradient agrees with differences');
    expect(names).toContain('leaks no tensor per update');
    const indeterminate = learnerChecks(
      broken(() => ({}), { deterministic: false, permutationInvariant: false, transductive: true }),
      'linear',
    );
    expect(indeterminate.map(({ name }) => name)).not.toContain('same seed, same numbers');
  });
});
