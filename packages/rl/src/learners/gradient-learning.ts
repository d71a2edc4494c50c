import type { GradientTransformation, Hosted, Rng } from '@tasklearn/core';
import {
  type ActorCriticBatch,
  type ActorCriticLossOptions,
  actorCriticLayout,
  actorCriticLoss,
} from '../policy-gradients/actor-critic-loss.js';
import { floatTensor, preparedGradientSteps } from '../policy-gradients/gradient-steps.js';
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
    const source = (order[index] as number) * width;
    const target = (index - from) * width;
    // Rows are short: a loop is quicker than a view of each.
    for (let i = 0; i < width; i += 1) taken[target + i] = values[source + i] as number;
  }
  return taken;
}

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
  /** [count * length * F]. */
  readonly rows: Float32Array;
  /** F. */
  readonly rowWidth: number;
  /** S; 0 without memory. */
  readonly stateSize: number;
  /** [count * S]. */
  readonly memory?: Float32Array;
}

/**
 * Learning by gradient steps on minibatches: PPO with several epochs, A2C and REINFORCE with one step on everything.
 *
 * @see Schulman, Wolski, Dhariwal, Radford, Klimov. Proximal Policy Optimization Algorithms. 2017. arXiv:1707.06347.
 */
export function gradientLearning(setup: LearningSetup, options: GradientLearningOptions): Learning {
  const { model, spec, executor } = setup;
  const { optimizer, epochs, targetDivergence, annealUpdates } = options;
  const layout = actorCriticLayout(model, options);
  const loss = actorCriticLoss(model, options);
  const steps = preparedGradientSteps<ActorCriticBatch>({
    loss: (tree, batch) => loss(tree as never, batch),
    spec,
    optimizer,
    executor,
    name: 'update',
  });
  return {
    async learn(input) {
      const { experience, memory, rng } = input;
      const raw = input.advantages.advantages;
      const advantages = options.normalizeAdvantages ? standardized(raw, experience.mask) : raw;
      const rows = packRows(input, layout, advantages);
      const items = itemsOf(rows, layout.width, experience, memory, model.stateSize);
      const factor = annealUpdates === 0 ? 1 : Math.max(0, 1 - input.update / annealUpdates);
      const reports: Float32Array[] = [];
      let theta = input.theta;
      for (let epoch = 0; epoch < epochs; epoch += 1) {
        for (const batch of minibatchesOf(items, options.minibatches, rng.split('order').split(epoch))) {
          const next = await steps.step(theta, batch, factor, rng);
          theta = next.theta;
          reports.push(next.report);
        }
        const moved = reports[reports.length - 1]?.[steps.reportNames().indexOf('divergence')] as number;
        if (targetDivergence > 0 && moved > targetDivergence) break;
      }
      return { theta, metrics: meanReport(reports, steps.reportNames()) };
    },
    save: steps.save,
    restore: steps.restore,
    dispose: steps.dispose,
  };
}

function itemsOf(
  rows: Float32Array,
  rowWidth: number,
  { copies, length }: LearningInput['experience'],
  memory: Float32Array | undefined,
  stateSize: number,
): Items {
  if (stateSize === 0) return { count: copies * length, length: 1, rows, rowWidth, stateSize };
  return {
    count: copies,
    length,
    rows,
    rowWidth,
    stateSize,
    memory: memory ?? new Float32Array(copies * stateSize),
  };
}

/** Portions of the items in random order; all of them in their own order for a single portion. */
function* minibatchesOf(items: Items, portions: number, rng: Rng): Generator<Hosted<ActorCriticBatch>> {
  const { count, length, rows, rowWidth, stateSize, memory } = items;
  const order = portions === 1 ? undefined : rng.permutation(count);
  const size = Math.floor(count / portions);
  const part = (values: Float32Array, from: number, width: number) =>
    order === undefined ? values : gatherRows(values, order, from, from + size, width);
  for (let from = 0; from + size <= count; from += size) {
    const batch = { rows: floatTensor(part(rows, from, length * rowWidth), [1, size, length, rowWidth]) };
    yield memory === undefined
      ? batch
      : { ...batch, state: floatTensor(part(memory, from, stateSize), [1, size, stateSize]) };
  }
}
