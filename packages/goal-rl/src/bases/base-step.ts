import {
  flattenTree,
  type Rng,
  TasklearnError,
  type Tree,
  type TreeSpec,
  treeSpec,
  unflattenTree,
} from '@tasklearn/core';
import { adam, flattenPerTask, perTaskGradients, valueAndGradients } from '@tasklearn/nn';
import { type FieldLayout, unpackFields } from '@tasklearn/rl';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Base, BaseBatch, Networks, ParameterGroup } from './base.js';

/** The state of a base learner: few tensors however many layers there are, as each costs a copy per call. */
export type BaseState<Leaf = Tensor> = {
  /** Parameters of all groups, one after another, [P]. */
  readonly theta: Leaf;
  /** The slow copies of those groups that have one, [P']. */
  readonly target: Leaf;
  /** Adam's decayed sums of gradients and of their squares, [P] each. */
  readonly sum: Leaf;
  readonly sumOfSquares: Leaf;
  /** Gradient steps made, []. */
  readonly step: Leaf;
};

/** What a call of the step takes: G minibatches for as many gradient steps. */
export type BaseStepInput<Leaf = Tensor> = {
  readonly state: BaseState<Leaf>;
  /** [G, T, B, F]. */
  readonly rows: Leaf;
  /** How far targets move after each gradient step, [G]. */
  readonly rates: Leaf;
};

/** What it returns: the next state, and the mean loss of each group over the steps that moved it. */
export type BaseStepOutput<Leaf = Tensor> = { readonly state: BaseState<Leaf>; readonly report: Leaf };

/**
 * What becomes of the gradients of T tasks: [T, P] of one group in, the direction [P] out. Recordable. Absent means
 * their sum, at less cost.
 */
export type CombineGradients = (gradients: Tensor) => Tensor;

/** Where the groups lie in the packed vectors. */
export interface BaseLayout {
  readonly groups: readonly {
    readonly group: ParameterGroup;
    readonly spec: TreeSpec;
    /** In `theta`. */
    readonly offset: number;
    /** In `target`; -1 where it has none. */
    readonly targetOffset: number;
  }[];
  readonly size: number;
  readonly targetSize: number;
}

/** First state of a base learner, on the device, and its layout. The caller disposes the state. */
export function initBase(base: Base, rng: Rng): { readonly state: BaseState; readonly layout: BaseLayout } {
  let layout: BaseLayout = { groups: [], size: 0, targetSize: 0 };
  const state = tf.tidy((): BaseState => {
    const trees = base.groups.map((group) => ({ group, tree: group.init(rng.split(group.name)) }));
    let [size, targetSize] = [0, 0];
    const groups = trees.map(({ group, tree }) => {
      const spec = treeSpec(tree);
      const place = { group, spec, offset: size, targetOffset: group.hasTarget ? targetSize : -1 };
      size += spec.size;
      if (group.hasTarget) targetSize += spec.size;
      return place;
    });
    layout = { groups, size, targetSize };
    const vectors = trees.map(({ tree }) => flattenTree(tree).vector);
    const slow = vectors.filter((_, index) => base.groups[index]?.hasTarget);
    const target = slow.length === 0 ? tf.zeros([1]) : tf.concat(slow);
    return { theta: tf.concat(vectors), target, ...adam({ learningRate: 1 }).init(size), step: tf.scalar(0) };
  });
  return { state, layout };
}

/** Loss and direction of one group. */
function groupGradient(
  group: ParameterGroup,
  networks: Networks,
  batch: BaseBatch,
  rng: Rng,
  combine: CombineGradients | undefined,
): { readonly loss: Tensor; readonly gradient: Tensor } {
  const own = networks.online[group.name] as Tree<Tensor>;
  const tasks = batch.observation.shape[0] as number;
  // What is drawn inside must be the same stream however often a gradient function runs it.
  const losses = (tree: Tree<Tensor>) => group.loss(tree, networks, batch, rng.split('loss'));
  if (combine === undefined) {
    const { value, gradients } = valueAndGradients(
      (tree: Tree<Tensor>) => tf.sum(losses(tree)) as Scalar,
      own,
    );
    return { loss: value.div(tasks), gradient: flattenTree(gradients).vector };
  }
  const perTask = perTaskGradients(losses, own, tasks);
  return { loss: tf.mean(perTask.losses), gradient: combine(flattenPerTask(perTask.gradients)) };
}

/** What the step is made of. */
export interface BaseStepOptions {
  readonly layout: BaseLayout;
  /** Fields of the rows; z in the field `code`. */
  readonly fields: FieldLayout;
  /** η of Adam, > 0, by group; `default` for the others. */
  readonly learningRates: Readonly<Record<string, number>>;
  /** G: gradient steps of one call. A multiple of every group's `every`. */
  readonly steps: number;
  readonly combine?: CombineGradients;
}

/** A state in the parts of its groups, while a gradient step changes them one by one. */
type Parts = Record<'theta' | 'target' | 'sum' | 'sumOfSquares', Tensor[]>;

function split(layout: BaseLayout, state: BaseState): Parts {
  const cut = (vector: Tensor) =>
    layout.groups.map(({ spec, offset }) => tf.slice(vector, [offset], [spec.size]));
  const slow = layout.groups.map(({ spec, targetOffset }) =>
    targetOffset < 0 ? tf.zeros([0]) : tf.slice(state.target, [targetOffset], [spec.size]),
  );
  return {
    theta: cut(state.theta),
    target: slow,
    sum: cut(state.sum),
    sumOfSquares: cut(state.sumOfSquares),
  };
}

function networksOf(layout: BaseLayout, parts: Parts): Networks {
  const trees = (vectors: Tensor[]) =>
    Object.fromEntries(
      layout.groups.flatMap(({ group, spec }, index) => {
        const vector = vectors[index] as Tensor;
        return vector.size === 0 ? [] : [[group.name, unflattenTree(vector, spec)]];
      }),
    );
  return { online: trees(parts.theta), target: trees(parts.target) };
}

function assertSteps({ layout, steps }: BaseStepOptions): void {
  const wrong = layout.groups.find(({ group }) => steps % group.every !== 0);
  if (wrong === undefined) return;
  const { name, every } = wrong.group;
  throw new TasklearnError(
    'INVALID_OPTION',
    `goalLearner: \`stepsPerCall\` must be a multiple of ${every}, the period of the ${name}, got ${steps}.`,
    { key: 'stepsPerCall', received: steps },
  );
}

/**
 * G gradient steps of a base learner as one recordable function. Each moves the groups in order, a later one seeing
 * the new parameters of those before it, and then the slow copies: θ′ ← θ′ + rate (θ − θ′).
 *
 * @throws `INVALID_OPTION` if G is no multiple of every group's period.
 */
export function baseStep(options: BaseStepOptions) {
  assertSteps(options);
  const { layout, fields, steps, learningRates, combine } = options;
  const optimizers = layout.groups.map(({ group }) =>
    adam({ learningRate: learningRates[group.name] ?? (learningRates.default as number) }),
  );
  return ({ state, rows, rates }: BaseStepInput, rng: Rng): BaseStepOutput => {
    const parts = split(layout, state);
    const losses: Tensor[][] = layout.groups.map(() => []);
    for (let g = 0; g < steps; g += 1) {
      const minibatch = tf.slice(rows, [g], [1]).squeeze([0]); // [T, B, F]
      const batch = unpackFields(minibatch, fields) as unknown as BaseBatch;
      for (const [index, { group }] of layout.groups.entries()) {
        if ((g + 1) % group.every !== 0) continue;
        const stream = rng.split(g).split(group.name);
        const { loss, gradient } = groupGradient(group, networksOf(layout, parts), batch, stream, combine);
        const moments = {
          sum: parts.sum[index] as Tensor,
          sumOfSquares: parts.sumOfSquares[index] as Tensor,
        };
        const own = parts.theta[index] as Tensor;
        const made = tf.floor(state.step.add(g).div(group.every));
        const next = (optimizers[index] as ReturnType<typeof adam>).update(gradient, moments, own, made);
        parts.theta[index] = own.add(next.change);
        parts.sum[index] = next.state.sum;
        parts.sumOfSquares[index] = next.state.sumOfSquares;
        (losses[index] as Tensor[]).push(loss);
      }
      const rate = tf.slice(rates, [g], [1]); // [1]
      parts.target = parts.target.map((slow, index) =>
        slow.size === 0 ? slow : slow.add((parts.theta[index] as Tensor).sub(slow).mul(rate)),
      );
    }
    const slow = parts.target.filter(({ size }) => size > 0);
    return {
      state: {
        theta: tf.concat(parts.theta),
        target: slow.length === 0 ? state.target.clone() : tf.concat(slow),
        sum: tf.concat(parts.sum),
        sumOfSquares: tf.concat(parts.sumOfSquares),
        step: state.step.add(steps),
      },
      report: tf.stack(losses.map((values) => tf.addN(values).div(values.length))), // [groups]
    };
  };
}
