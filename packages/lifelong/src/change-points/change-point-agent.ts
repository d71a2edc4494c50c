import {
  createRng,
  type Executor,
  flattenTree,
  type HostTensor,
  type Rng,
  type StreamAgent,
  type StreamInputs,
  type StreamSpec,
  TasklearnError,
  type TreeSpec,
  treeSpec,
  unflattenTree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { itemBatch, itemsOf } from '../memory/item-batch.js';
import type { StoredItem } from '../memory/memory.js';
import type { BeliefParts } from './belief-settings.js';
import type { Statistics } from './expert.js';
import { type ChangePointTheta, disposeTheta, type FeatureNetwork } from './feature-network.js';
import type { MixturePrediction } from './mixture-prediction.js';
import { advanceRuns, tellRuns } from './run-lengths.js';
import { hazardOf, weighedByInput } from './series-loss.js';
import { firstRuns, foldedRuns, grownStatistics, resetStatistics } from './statistics.js';

/** State of a lifetime. Immutable, plain data. */
export interface ChangePointState {
  /** log b(r) before the next item, [1, R]. */
  readonly logRuns: HostTensor;
  /** Statistics of every run length, flat. */
  readonly statistics: HostTensor;
  /** The task last told, −1 for none. */
  readonly task: number;
  /** The last items of a window. */
  readonly recent: readonly StoredItem[];
}

/** An agent that says how sure it is: a mixture over run lengths. */
export interface ChangePointAgent extends StreamAgent<ChangePointState> {
  /** The whole predictive of one item, [1, ...], before its target is known. */
  predictMixture(state: ChangePointState, step: StreamInputs, rng: Rng): Promise<MixturePrediction>;
}

/** What a compiled step is given. */
type Given<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly logRuns: Leaf;
  readonly statistics: Leaf;
  /** [told, switched], each 0 or 1. */
  readonly told: Leaf;
  /** The item at hand, [1, 1, ...]. */
  readonly inputs: Leaf;
  /** Items of a window before it, oldest first, [1, W, ...], and whether they are there, [1, W]. */
  readonly window?: { readonly inputs: Leaf; readonly targets: Leaf; readonly mask: Leaf };
};

interface Structure {
  readonly theta: TreeSpec;
  readonly statistics: TreeSpec;
  readonly runs: number;
  /** The first state's. */
  readonly logRuns: HostTensor;
  readonly first: HostTensor;
}

const host = (tensor: Tensor): HostTensor => ({
  dtype: 'float32',
  shape: tensor.shape,
  data: tensor.dataSync().slice() as Float32Array,
});

/** What the flat vectors hold, and the first state. */
function structureOf(network: FeatureNetwork, parts: BeliefParts, theta: HostTensor): Structure {
  const shaped = network.init(createRng(0));
  const thetaSpec = treeSpec(shaped as never);
  disposeTheta(shaped);
  const runs = parts.belief === 'runLength' ? parts.longestRun : 1;
  let found: Structure | undefined;
  tf.tidy(() => {
    const tree = unflattenTree<ChangePointTheta>(tf.tensor1d(theta.data as Float32Array), thetaSpec);
    const { logRuns, statistics } = firstRuns(network.expert.prior(tree.expert, 1), 1, runs);
    const { vector, spec } = flattenTree(statistics);
    found = { theta: thetaSpec, statistics: spec, runs, logRuns: host(logRuns), first: host(vector) };
  });
  return found as Structure;
}

/** log b and statistics once what is told is known. */
function before(network: FeatureNetwork, parts: BeliefParts, structure: Structure, given: Given) {
  const theta = unflattenTree<ChangePointTheta>(given.theta, structure.theta);
  const { expert } = network;
  const kept = unflattenTree<Statistics>(given.statistics, structure.statistics);
  const prior = expert.prior(theta.expert, 1);
  const [told, switched] = [tf.slice(given.told, [0], [1]), tf.slice(given.told, [1], [1])];
  if (parts.belief === 'runLength') {
    const certain = tellRuns(given.logRuns, switched);
    const logRuns = certain.mul(told).add(given.logRuns.mul(tf.sub(1, told)));
    return { theta, prior, logRuns, statistics: kept };
  }
  let statistics = kept;
  if (parts.belief === 'told') statistics = resetStatistics(kept, prior, switched);
  if (parts.belief === 'window' && given.window !== undefined) {
    const { inputs, targets, mask } = given.window;
    const features = network.features(theta, inputs); // [1, W, F]
    const [, length, size] = features.shape as [number, number, number];
    const rest = targets.shape.slice(2);
    for (let place = 0; place < length; place += 1) {
      const z = tf.slice(features, [0, place, 0], [1, 1, size]).reshape([1, size]);
      const y = tf.slice(targets, [0, place, ...rest.map(() => 0)], [1, 1, ...rest]).reshape([1, ...rest]);
      const present = tf.slice(mask, [0, place], [1, 1]).reshape([1]);
      statistics = expert.observe(theta.expert, statistics, z, y, present).statistics;
    }
  }
  return { theta, prior, logRuns: given.logRuns, statistics };
}

function featureOf(network: FeatureNetwork, theta: ChangePointTheta, inputs: Tensor): Tensor {
  const features = network.features(theta, inputs);
  return features.reshape([1, features.shape[2] as number]);
}

function predictStep(network: FeatureNetwork, parts: BeliefParts, structure: Structure) {
  return (given: Given) => {
    const { theta, logRuns, statistics } = before(network, parts, structure, given);
    const expected = network.expert.expect(theta.expert, statistics, featureOf(network, theta, given.inputs));
    return {
      logWeights: weighedByInput(logRuns, expected.logInputs),
      means: expected.means,
      deviations: expected.deviations ?? tf.zerosLike(expected.means),
    };
  };
}

function observeStep(network: FeatureNetwork, parts: BeliefParts, structure: Structure) {
  return (given: Given & { readonly targets: Tensor }) => {
    const { theta, prior, logRuns, statistics } = before(network, parts, structure, given);
    const { expert } = network;
    const features = featureOf(network, theta, given.inputs);
    const judged = expert.observe(theta.expert, statistics, features, given.targets);
    if (parts.belief !== 'runLength')
      return { logRuns: logRuns.clone(), statistics: flattenTree(judged.statistics).vector };
    const seen = weighedByInput(logRuns, judged.logInputs);
    const next = advanceRuns(seen, judged.logTargets, hazardOf(theta, parts));
    const grown = foldedRuns(next.logRuns, grownStatistics(prior, judged.statistics));
    return { logRuns: grown.logRuns, statistics: flattenTree(grown.statistics).vector };
  };
}

const vector = (values: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape: [values.length],
  data: Float32Array.from(values),
});

/** Opens an agent that lives lifetimes with meta-learned features and exact posteriors. */
export function openChangePointAgent(
  name: string,
  network: FeatureNetwork,
  parts: BeliefParts,
  theta: HostTensor,
  { spec, executor }: { readonly spec: StreamSpec; readonly executor: Executor },
): ChangePointAgent {
  const structure = structureOf(network, parts, theta);
  const predict = executor.prepare(predictStep(network, parts, structure), { name: `${name}: predict` });
  const observe = executor.prepare(observeStep(network, parts, structure), { name: `${name}: observe` });
  const windowOf = (recent: readonly StoredItem[]) => {
    const { inputs, targets, mask } = itemBatch(spec, [recent], parts.window);
    return { inputs, targets, mask };
  };
  const given = (state: ChangePointState, { inputs, taskLabel }: StreamInputs): Given<HostTensor> => ({
    theta,
    logRuns: state.logRuns,
    statistics: state.statistics,
    told: vector([taskLabel === undefined ? 0 : 1, taskLabel !== state.task ? 1 : 0]),
    inputs: { ...inputs, shape: [1, ...inputs.shape] },
    ...(parts.belief === 'window' && { window: windowOf(state.recent) }),
  });
  const predictMixture: ChangePointAgent['predictMixture'] = async (state, step, rng) => {
    if (step.inputs.shape[0] !== 1) {
      const message = `${name}: expected one item to predict, got ${step.inputs.shape[0]}.`;
      throw new TasklearnError('SHAPE_MISMATCH', message, { expected: 1, received: step.inputs.shape[0] });
    }
    const found = (await predict.run(given(state, step) as never, rng)) as unknown as {
      readonly [key in 'logWeights' | 'means' | 'deviations']: HostTensor;
    };
    const weights = Array.from(found.logWeights.data as Float32Array, Math.exp);
    const numbers = { weights, means: found.means.data as Float32Array };
    return spec.target.kind === 'classification'
      ? numbers
      : { ...numbers, deviations: found.deviations.data as Float32Array };
  };
  return {
    begin: () => ({ logRuns: structure.logRuns, statistics: structure.first, task: -1, recent: [] }),
    predictMixture,
    predict: (state, step, rng) => predictEach(spec, predictMixture, state, step, rng),
    async observe(state, step, targets, rng) {
      const task = step.taskLabel ?? state.task;
      if (parts.belief === 'nothing') return { ...state, task };
      if (parts.belief === 'window')
        return { ...state, task, recent: [...state.recent, ...itemsOf(step, targets)].slice(-parts.window) };
      const input = { ...given(state, step), targets };
      const next = (await observe.run(input as never, rng)) as unknown as Pick<
        ChangePointState,
        'logRuns' | 'statistics'
      >;
      return { ...next, task, recent: [] };
    },
    storedItems: ({ recent }) => recent.length,
    // Posteriors are moved exactly: no gradient is taken.
    ledger: () => ({ parameters: theta.data.length, gradients: 0 }),
    release: () => {},
    dispose() {
      predict.dispose();
      observe.dispose();
    },
  };
}

/** Means of items one by one: each is weighed by its own input. */
async function predictEach(
  spec: StreamSpec,
  predictMixture: ChangePointAgent['predictMixture'],
  state: ChangePointState,
  step: StreamInputs,
  rng: Rng,
): Promise<HostTensor> {
  const count = step.inputs.shape[0] as number;
  const outputs = spec.target.kind === 'classification' ? [spec.target.classes] : spec.target.shape;
  const size = outputs.reduce((product, length) => product * length, 1);
  const inputSize = step.inputs.data.length / count;
  const data = new Float32Array(count * size);
  for (let place = 0; place < count; place += 1) {
    const own = step.inputs.data.slice(place * inputSize, (place + 1) * inputSize) as Float32Array;
    const inputs: HostTensor = { ...step.inputs, shape: [1, ...step.inputs.shape.slice(1)], data: own };
    const { weights, means } = await predictMixture(state, { ...step, inputs }, rng);
    for (const [run, weight] of weights.entries())
      for (let axis = 0; axis < size; axis += 1)
        data[place * size + axis]! += weight * (means[run * size + axis] as number);
  }
  return { dtype: 'float32', shape: [count, ...outputs], data };
}
