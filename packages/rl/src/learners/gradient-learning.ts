import {
  type GradientTransformation,
  type Hosted,
  type HostTensor,
  mapTree,
  type Prepared,
  type Rng,
  type Tree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import {
  type ActorCriticBatch,
  type ActorCriticLossOptions,
  actorCriticLayout,
  actorCriticLoss,
} from '../policy-gradients/actor-critic-loss.js';
import {
  type GradientUpdateInput,
  type GradientUpdateOutput,
  gradientUpdate,
} from '../policy-gradients/gradient-update.js';
import { type RowLayout, writeColumn } from '../policy-gradients/row-layout.js';
import type { Learning, LearningInput, LearningSetup } from './on-policy-algorithm.js';

/** How often and in which portions experience is gone through. */
export interface GradientLearningOptions extends ActorCriticLossOptions {
  /** ≥ 1. */
  readonly epochs: number;
  /** Portions per epoch, ≥ 1: of steps, or of copies where there is a memory. */
  readonly minibatches: number;
  readonly normalizeAdvantages: boolean;
  /** Stop for this update once the estimated KL exceeds it; 0 never. */
  readonly targetDivergence: number;
  /** Updates over which the learning rate falls to 0; 0 for a constant one. */
  readonly annealUpdates: number;
  readonly optimizer: GradientTransformation;
}

type Update = Prepared<GradientUpdateInput<ActorCriticBatch>, GradientUpdateOutput>;

/** (x − mean) / deviation over what the mask leaves in. */
export function standardized(values: Float32Array, mask: Float32Array): Float32Array {
  let [count, sum, squares] = [0, 0, 0];
  for (let i = 0; i < values.length; i += 1) {
    if (mask[i] === 0) continue;
    const value = values[i] as number;
    count += 1;
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  return values.map((value) => (value - mean) / (deviation + 1e-8));
}

/** All decisions as packed rows, [E * H * F]. */
function packRows(input: LearningInput, layout: RowLayout, advantages: Float32Array): Float32Array {
  const { experience, judgement } = input;
  const rows = new Float32Array(advantages.length * layout.width);
  const columns = {
    observation: judgement.observation,
    action: experience.action,
    logProbability: judgement.logProbability,
    advantage: advantages,
    return: input.advantages.returns,
    value: judgement.value,
    mask: experience.mask,
    reset: experience.begins,
    numbers: judgement.numbers,
  };
  for (const [name, values] of Object.entries(columns))
    if (layout.fields[name] !== undefined) writeColumn(rows, layout, name, values);
  return rows;
}

/** Items number `from` to `to` of an order, each of `width` numbers, side by side. */
export function gatherRows(values: Float32Array, order: Int32Array, from: number, to: number, width: number) {
  const taken = new Float32Array((to - from) * width);
  for (let index = from; index < to; index += 1) {
    const item = order[index] as number;
    taken.set(values.subarray(item * width, (item + 1) * width), (index - from) * width);
  }
  return taken;
}

const tensor = (data: Float32Array, shape: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data,
});

/** The mean of each number over the reports. */
export function meanReport(
  reports: readonly Float32Array[],
  names: readonly string[],
): Record<string, number> {
  const mean = (index: number) =>
    reports.reduce((sum, report) => sum + (report[index] as number), 0) / reports.length;
  return Object.fromEntries(names.map((name, index) => [name, mean(index)]));
}

/** Experience cut into items: steps, or the sequences of copies where there is a memory. */
interface Items {
  readonly count: number;
  readonly length: number;
  readonly rows: Float32Array;
}

/**
 * Learning by gradient steps on minibatches: PPO with several epochs, A2C and REINFORCE with one step on everything.
 *
 * @see Schulman, Wolski, Dhariwal, Radford, Klimov. Proximal Policy Optimization Algorithms. 2017. arXiv:1707.06347.
 */
export function gradientLearning(setup: LearningSetup, options: GradientLearningOptions): Learning {
  const { model, spec, executor } = setup;
  const { optimizer, epochs, minibatches, targetDivergence, annealUpdates } = options;
  const layout = actorCriticLayout(model, options);
  const loss = actorCriticLoss(model, options);
  const update = gradientUpdate<ActorCriticBatch>(
    (tree, batch) => loss(tree as never, batch),
    spec,
    optimizer,
  );
  const prepared: Update = executor.prepare(update.run as never, { name: 'update' });
  let state: Tree<HostTensor> = initialState(optimizer, spec.size);
  let step = 0;

  const stepOn = async (theta: Float32Array, batch: Hosted<ActorCriticBatch>, factor: number, rng: Rng) => {
    const clock = tensor(Float32Array.of(step, factor), [2]);
    const input = {
      theta: tensor(theta, [spec.size]),
      optimizer: state as Hosted<Tree<Tensor>>,
      clock,
      batch,
    };
    const next = await prepared.run(input, rng);
    state = next.optimizer as Tree<HostTensor>;
    step += 1;
    return { theta: next.theta.data as Float32Array, report: next.report.data as Float32Array };
  };
  return {
    async learn(input) {
      const { experience, memory, rng } = input;
      const { normalizeAdvantages } = options;
      const raw = input.advantages.advantages;
      const advantages = normalizeAdvantages ? standardized(raw, experience.mask) : raw;
      const items = itemsOf(packRows(input, layout, advantages), experience, model.stateSize > 0);
      const factor = annealUpdates === 0 ? 1 : Math.max(0, 1 - input.update / annealUpdates);
      const size = Math.floor(items.count / minibatches);
      const reports: Float32Array[] = [];
      let theta = input.theta;
      const divergence = () => update.reportNames().indexOf('divergence');
      for (let epoch = 0; epoch < epochs; epoch += 1) {
        const order =
          minibatches === 1 ? undefined : rng.split('order').split(epoch).permutation(items.count);
        for (let from = 0; from + size <= items.count; from += size) {
          const batch = minibatch(items, order, from, size, layout.width, memory, model.stateSize);
          const next = await stepOn(theta, batch, factor, rng);
          theta = next.theta;
          reports.push(next.report);
        }
        const last = reports[reports.length - 1]?.[divergence()] as number;
        if (targetDivergence > 0 && last > targetDivergence) break;
      }
      return { theta, metrics: meanReport(reports, update.reportNames()) };
    },
    save: () => ({ tensors: state, step }),
    restore(saved, made) {
      state = saved;
      step = made;
    },
    dispose: () => prepared.dispose(),
  };
}

/** An optimiser's first state, on the host. */
export function initialState(optimizer: GradientTransformation, size: number): Tree<HostTensor> {
  return mapTree(optimizer.init(size) as Tree<Tensor>, (leaf: Tensor): HostTensor => {
    const data = leaf.dataSync<'float32'>().slice();
    leaf.dispose();
    return tensor(data, leaf.shape);
  }) as Tree<HostTensor>;
}

function itemsOf(
  rows: Float32Array,
  { copies, length }: LearningInput['experience'],
  memory: boolean,
): Items {
  return memory ? { count: copies, length, rows } : { count: copies * length, length: 1, rows };
}

function minibatch(
  { rows, length, count }: Items,
  order: Int32Array | undefined,
  from: number,
  size: number,
  rowWidth: number,
  memory: Float32Array | undefined,
  stateSize: number,
): Hosted<ActorCriticBatch> {
  const width = length * rowWidth;
  const taken = order === undefined ? rows : gatherRows(rows, order, from, from + size, width);
  const batch = { rows: tensor(taken, [1, size, length, rowWidth]) };
  if (stateSize === 0) return batch;
  const all = memory ?? new Float32Array(count * stateSize);
  const own = order === undefined ? all : gatherRows(all, order, from, from + size, stateSize);
  return { ...batch, state: tensor(own, [1, size, stateSize]) };
}
