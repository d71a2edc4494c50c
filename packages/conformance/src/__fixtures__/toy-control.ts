import {
  type ControlAgent,
  type ControlCapabilities,
  type ControlLearner,
  type ControlTraining,
  type ControlTrainingContext,
  defineLearner,
  definePlugin,
  type Environment,
  type HostTensor,
  requireControlTask,
  requireInteger,
  requirePositive,
  type TimeSteps,
} from '@tasklearn/core';
import { valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

export type GreedyOptions = { readonly learningRate: number; readonly stepsPerUpdate: number };

export const CAPABILITIES: ControlCapabilities = {
  actions: ['discrete', 'continuous'],
  gradientOrder: 1,
  deterministic: true,
  adapts: 'memory',
  offPolicy: true,
  needs: [],
  consistent: 'no',
};

/** What the agent remembers of its trials: the sum of its signed actions, [T]. */
export type Memory = { readonly sum: Float32Array };

type Weights = { readonly advantage: Tensor; readonly baseline: Tensor };
type Input = {
  readonly weights: Weights;
  readonly features: Tensor;
  readonly actions: Tensor;
  readonly rewards: Tensor;
};

const COPIES = 4;

/** [1, observation] of every copy, [E, O + 1]. */
function featuresOf({ observation, reward }: TimeSteps): HostTensor {
  const copies = reward.length;
  const size = observation.length / copies;
  const data = Float32Array.from({ length: copies * (size + 1) }, (_, at) => {
    const [copy, place] = [Math.floor(at / (size + 1)), at % (size + 1)];
    return place === 0 ? 1 : (observation[copy * size + place - 1] as number);
  });
  return { dtype: 'float32', shape: [copies, size + 1], data };
}

/** One step down the squared error of r ≈ baseline · f + a (advantage · f), with a in [−1, 1]. */
function descend(learningRate: number) {
  return ({ weights, features, actions, rewards }: Input) => {
    const product = (weight: Tensor) => tf.sum(tf.mul(features, weight), -1);
    const { gradients } = valueAndGradients(
      (at: Weights) =>
        tf.mean(
          tf.square(tf.sub(rewards, tf.add(product(at.baseline), tf.mul(actions, product(at.advantage))))),
        ) as Scalar,
      weights,
    );
    const moved = (weight: Tensor, gradient: Tensor) => tf.sub(weight, tf.mul(gradient, learningRate));
    return {
      advantage: moved(weights.advantage, gradients.advantage),
      baseline: moved(weights.baseline, gradients.baseline),
    };
  };
}

/** Learns which way rewards get better at once, and goes there: enough for trivial tasks. */
export function greedy({ learningRate, stepsPerUpdate }: GreedyOptions): ControlLearner<Memory> {
  requirePositive('greedy', { learningRate }, 'learningRate');
  requireInteger('greedy', { stepsPerUpdate }, 'stepsPerUpdate');
  return {
    kind: 'control',
    async openTraining(context, saved) {
      requireControlTask('greedy', CAPABILITIES, context.distribution);
      const { distribution, rng } = context;
      const tasks = Array.from({ length: COPIES }, (_, index) =>
        distribution.task('train', index, rng.split('tasks')),
      );
      const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
      environment.reset();
      const size = (distribution.spec.observation.shape[0] ?? 0) + 1;
      const zeros = (): HostTensor => ({ dtype: 'float32', shape: [size], data: new Float32Array(size) });
      const state = { weights: { advantage: zeros(), baseline: zeros() }, update: 0 };
      if (saved !== undefined) {
        const tensors = saved.tensors as { weights: typeof state.weights; environment: HostTensor };
        state.weights = tensors.weights;
        state.update = (saved.metadata as { update: number }).update;
        environment.restore(tensors.environment.data as Uint8Array);
      }
      return training(context, environment, state, learningRate, stepsPerUpdate);
    },
    async openAgent(parameters, { spec }) {
      const { advantage } = parameters as { advantage: HostTensor };
      return greedyAgent(advantage.data as Float32Array, spec.action.dtype === 'int32');
    },
  };
}

function training(
  { distribution, executor, rng }: ControlTrainingContext,
  environment: Environment,
  state: { weights: { advantage: HostTensor; baseline: HostTensor }; update: number },
  learningRate: number,
  stepsPerUpdate: number,
): ControlTraining {
  const discrete = distribution.spec.action.dtype === 'int32';
  const prepared = executor.prepare(descend(learningRate), { name: 'greedy step' });
  const nobody = new Uint8Array(COPIES);
  return {
    async update() {
      let total = 0;
      for (let time = 0; time < stepsPerUpdate; time += 1) {
        const draws = rng.split('update').split(state.update).split(time);
        const shown = environment.reset(nobody);
        environment.reset(shown.stepType.map((type) => (type === 2 ? 1 : 0)));
        const features = featuresOf(shown);
        const indices = Float32Array.from({ length: COPIES }, () => draws.integer(2));
        const signed = indices.map((index) => 2 * index - 1);
        const { reward } = environment.step(discrete ? indices : signed);
        const host = (data: Float32Array): HostTensor => ({ dtype: 'float32', shape: [COPIES], data });
        const input = {
          weights: state.weights,
          features,
          actions: host(signed),
          rewards: host(reward.slice()),
        };
        state.weights = (await prepared.run(input as never, rng)) as typeof state.weights;
        total += reward.reduce((sum, value) => sum + value, 0) / COPIES;
      }
      state.update += 1;
      return { metrics: { reward: total / stepsPerUpdate } };
    },
    parameters: () => ({ advantage: state.weights.advantage }),
    save() {
      const bytes = environment.snapshot();
      return {
        tensors: {
          weights: state.weights,
          environment: { dtype: 'bool', shape: [bytes.length], data: bytes },
        },
        metadata: { update: state.update },
      };
    },
    dispose() {
      prepared.dispose();
      environment.dispose();
    },
  };
}

/** Goes where rewards get better, with a little noise and a little liking for where it went before. */
function greedyAgent(advantage: Float32Array, discrete: boolean): ControlAgent<Memory> {
  return {
    beginTrials: (trials) => ({ sum: new Float32Array(trials) }),
    async act(state, steps, _active, rng) {
      const features = featuresOf(steps);
      const signs = state.sum.map((sum, trial) => {
        const row = features.data.subarray(trial * advantage.length, (trial + 1) * advantage.length);
        const score = row.reduce((total, value, at) => total + value * (advantage[at] as number), 0);
        return score + 0.001 * sum + 0.001 * rng.gaussian() > 0 ? 1 : -1;
      });
      return { actions: discrete ? signs.map((sign) => (sign + 1) / 2) : signs, state };
    },
    observe: ({ sum }, actions, _steps, active) => ({
      sum: sum.map((value, trial) => value + (active[trial] as number) * ((actions[trial] as number) - 0.5)),
    }),
    endEpisode: (state) => state,
    adapt: async ({ sum }) => ({ sum: sum.map((value) => value / 2) }),
    dispose: () => undefined,
  };
}

export const greedyDescriptor = defineLearner({
  kind: 'control',
  summary: 'Goes where rewards get better.',
  reference: { title: 'A toy', authors: 'Nobody', year: 2020, url: 'https://example.org' },
  capabilities: CAPABILITIES,
  defaults: { learningRate: 0.2, stepsPerUpdate: 8 } as GreedyOptions,
  create: greedy,
});

/** A plugin with one control learner that keeps every rule. */
export const controlPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/control',
  version: '1.0.0',
  learners: { greedy: greedyDescriptor },
});
