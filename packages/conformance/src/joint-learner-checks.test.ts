import {
  defineLearner,
  eagerExecutor,
  type JointBatch,
  type JointLearner,
  type Plugin,
  type SupervisedCapabilities,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  JOINT_CAPABILITIES,
  jointPlugin,
  type LinearOptions,
  type LinearTheta,
  linearJoint,
  linearJointDescriptor,
} from './__fixtures__/toy-joint.js';
import { type JointLearnerCheckOptions, jointLearnerChecks } from './joint-learner-checks.js';
import { pluginChecks } from './plugin-checks.js';

type Learner = JointLearner<LinearTheta>;
type Change = (good: Learner, options: Readonly<LinearOptions>) => Partial<Learner>;

/** A plugin whose learner is changed. */
function broken(change: Change, capabilities: Partial<SupervisedCapabilities> = {}): Plugin {
  const descriptor = {
    ...linearJointDescriptor,
    capabilities: { ...JOINT_CAPABILITIES, ...capabilities },
    create: (options: Readonly<LinearOptions>) => {
      const good = linearJoint(options);
      return { ...good, ...change(good, options) } as unknown as JointLearner;
    },
  };
  return { ...jointPlugin, learners: { linear: defineLearner(descriptor) } };
}

async function run(plugin: Plugin, name: string, more: JointLearnerCheckOptions = {}): Promise<void> {
  const check = jointLearnerChecks(plugin, 'linear', more).find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

/** Losses that have something added to them. */
const adding =
  (what: (losses: tf.Tensor, theta: LinearTheta, batch: JointBatch) => tf.Tensor): Change =>
  (good) => ({
    taskLosses(theta, batch, rng, spec) {
      const losses = good.taskLosses(theta, batch, rng, spec);
      return losses.add(what(losses, theta, batch));
    },
  });

const kept: tf.Tensor[] = [];
let calls = 0;

/** What each learner does wrong, under the name of the check that must notice. */
const mistakes: readonly (readonly [check: string, mistake: string, change: Change])[] = [
  [
    'creates from its defaults alone',
    'reads an option that it does not declare',
    (good, options) => {
      void (options as { momentum?: number }).momentum;
      return good;
    },
  ],
  [
    'gives one loss per task',
    'gives their mean',
    (good) => ({ taskLosses: (...given) => tf.mean(good.taskLosses(...given)) }),
  ],
  [
    'predicts for the tasks of every group',
    'predicts for one group only',
    (good) => ({
      predict: (...given) => {
        const { regression } = good.predict(...given);
        return { regression } as never;
      },
    }),
  ],
  [
    'predicts for the tasks of every group',
    'gives logits for probabilities',
    (good) => ({
      predict: (...given) => {
        const { regression, classification } = good.predict(...given);
        const mean = () => (classification as NonNullable<typeof classification>).mean().mul(2);
        return { regression, classification: { ...classification, mean } } as never;
      },
    }),
  ],
  [
    'predictions of an item do not depend on other items',
    'centres the batch',
    (good) => ({
      predict: (theta, inputs, spec) => good.predict(theta, inputs.sub(tf.mean(inputs, 1, true)), spec),
    }),
  ],
  [
    'masked labels have no influence',
    'looks at labels that are not known',
    adding((losses, _, { groups }) => {
      const { targets } = groups.regression as { targets: tf.Tensor };
      return tf.mean(targets).mul(1e-3).add(tf.zerosLike(losses));
    }),
  ],
  [
    'labels of a task change its own loss only',
    'mixes the losses of neighbours',
    adding((losses) => tf.reverse(losses, 0)),
  ],
  [
    'parameters of a task follow its own loss only',
    'shares the first row of what tasks own',
    adding((losses, { perTask }) => tf.sum(perTask.slope.slice([0, 0], [1, 4])).add(tf.zerosLike(losses))),
  ],
  [
    'parameters of a task follow its own loss only',
    'mixes the rows of what tasks own',
    (good) => ({
      taskLosses({ shared, perTask }, ...rest) {
        const slope = perTask.slope.add(tf.mean(perTask.slope, 0, true));
        return good.taskLosses({ shared, perTask: { slope } }, ...rest);
      },
    }),
  ],
  [
    'gradients of tasks in shared parameters add up',
    'takes the mean over the task axis of shared parameters',
    (good) => ({
      taskLosses({ shared, perTask }, ...rest) {
        const slope = shared.slope.rank === 1 ? shared.slope : tf.mean(shared.slope, 0);
        return good.taskLosses({ shared: { slope }, perTask }, ...rest);
      },
    }),
  ],
  [
    'same seed, same numbers',
    'ignores its seed',
    (good) => ({
      init: (...given) => {
        const { shared, perTask } = good.init(...given);
        return { shared: { slope: shared.slope.add(Math.random()) }, perTask };
      },
    }),
  ],
  [
    'a resumed training continues bit for bit',
    'counts its updates on its own',
    (good) => {
      let updates = 0;
      return {
        taskLosses: (...given) => {
          updates += 1;
          return good.taskLosses(...given).mul(1 / updates);
        },
      };
    },
  ],
  [
    'parameters and losses are finite',
    'predicts infinity',
    (good) => ({ predict: (theta, inputs, spec) => good.predict(theta, inputs.div(0), spec) }),
  ],
  [
    'parameters are all that predictions need',
    'remembers what it was trained with',
    (good) => {
      let seen = 0;
      return {
        taskLosses: (...given) => {
          seen = 1;
          return good.taskLosses(...given);
        },
        predict: (theta, inputs, spec) => good.predict(theta, inputs.mul(1 + seen), spec),
      };
    },
  ],
  [
    'leaks no tensor per update',
    'keeps its losses',
    (good) => ({
      taskLosses: (...given) => {
        const losses = good.taskLosses(...given);
        kept.push(tf.keep(losses.clone()));
        return losses;
      },
    }),
  ],
  [
    'learns every task better than a constant',
    'does not move',
    (good) => ({
      optimizer: { ...good.optimizer, update: (g, state) => ({ change: tf.zerosLike(g), state }) },
    }),
  ],
  [
    'learns every task better than a constant',
    'predicts the opposite',
    (good) => ({
      predict: (theta, inputs, spec) =>
        good.predict(
          { ...theta, perTask: { slope: theta.perTask.slope.neg() } } as LinearTheta,
          inputs.neg(),
          spec,
        ),
    }),
  ],
  [
    'executors agree',
    'does something else each time it is run',
    (good) => ({
      taskLosses: (...given) => {
        calls += 1;
        return good.taskLosses(...given).mul(1 + (calls % 7) / 10);
      },
    }),
  ],
];

describe('jointLearnerChecks', () => {
  for (const check of jointLearnerChecks(jointPlugin, 'linear')) it(`passes: ${check.name}`, check.run);
  for (const check of pluginChecks(jointPlugin)) it(`passes: ${check.name}`, check.run);

  it.each(mistakes)('%s: one that %s', async (name, _mistake, change) => {
    await expect(run(broken(change), name)).rejects.toThrow();
    for (const tensor of kept.splice(0)) tensor.dispose();
  });

  it('refuses bad option values: one that takes them', async () => {
    const name = 'refuses bad option values';
    const takes: Plugin = {
      ...jointPlugin,
      learners: {
        linear: defineLearner({
          ...linearJointDescriptor,
          create: () => linearJoint({ learningRate: 0.1 }) as unknown as JointLearner,
        }),
      },
    };
    await expect(run(takes, name)).rejects.toMatchObject({ code: '@tasklearn/conformance:FAILED' });
  });

  it('does not ask for the same numbers of a learner that declares none', () => {
    const plugin = broken(() => ({}), { deterministic: false });
    const names = jointLearnerChecks(plugin, 'linear', { executors: [eagerExecutor()] }).map(
      ({ name }) => name,
    );
    expect(names).not.toContain('same seed, same numbers');
    expect(names).not.toContain('executors agree');
    expect(names).toContain('learns every task better than a constant');
  });

  it('knows only joint learners of the plugin', () => {
    expect(() => jointLearnerChecks(jointPlugin, 'liner')).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_LEARNER' }),
    );
  });

  it('has a mistake for every check', () => {
    const names = jointLearnerChecks(jointPlugin, 'linear').map(({ name }) => name);
    const covered = new Set([...mistakes.map(([name]) => name), 'refuses bad option values']);
    expect([...covered].sort()).toEqual(names.sort());
  });
});
