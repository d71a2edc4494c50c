import {
  type JointLearner,
  type JointSpec,
  mapTree,
  type PartialOptions,
  requireOneOf,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { forEachTask, groupedNetwork, groupOfTasks, requireGroups } from './architectures/grouped-network.js';
import type { Layers, MultiTaskParameters } from './engine/architecture.js';
import {
  learnerOf,
  type MultiTaskOptions,
  multiTaskDefaults,
  resolveMultiTaskOptions,
} from './multi-task-options.js';

/** Heads can only be one where all tasks are of one kind. @throws `UNSUPPORTED_TASK`. */
export function requireOneKind(owner: string, option: string, { groups }: JointSpec): void {
  const kinds = Object.keys(groups);
  if (kinds.length === 1) return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${owner}: \`${option}\` needs tasks of one kind, got ${kinds.join(' and ')}. Leave it out.`,
    { owner, received: kinds },
  );
}

/** Options of `grouped`. */
export type GroupedOptions = MultiTaskOptions & {
  /** Tasks that share a network, by their place among all; null for all in one group. */
  readonly groups: readonly (readonly number[])[] | null;
  /** A head for each task, or one for each group: the latter pools the tasks of a group, which need the same labels. */
  readonly heads: 'perTask' | 'perGroup';
};

/** All tasks in one group, a head for each: the shared bottom. */
export const groupedDefaults: GroupedOptions = { ...multiTaskDefaults, groups: null, heads: 'perTask' };

/** Rows of a leaf [T, ...], which is disposed. */
function rowsOf(leaf: Tensor, rows: readonly number[]): Tensor {
  const chosen = tf.tidy(() => tf.gather(leaf, tf.tensor1d([...rows], 'int32')));
  leaf.dispose();
  return chosen;
}

/** A learner whose tasks' heads are those of their groups, kept among the shared layers. */
function withHeadsOfGroups(
  learner: JointLearner,
  groupsOf: (spec: JointSpec) => readonly (readonly number[])[],
): JointLearner {
  const isHead = (name: string) => name.startsWith('head ');
  const pick = (layers: Layers, wanted: boolean): Layers =>
    Object.fromEntries(Object.entries(layers).filter(([name]) => isHead(name) === wanted));
  const expanded = ({ shared }: MultiTaskParameters, spec: JointSpec): MultiTaskParameters => {
    const groups = groupsOf(spec);
    const ofTask = groupOfTasks('grouped', groups, spec.tasks.length);
    return { shared: pick(shared, false), perTask: forEachTask(pick(shared, true), groups.length, ofTask) };
  };
  return {
    ...learner,
    init(spec, rng) {
      requireOneKind('grouped', 'heads', spec);
      const theta = learner.init(spec, rng) as MultiTaskParameters;
      const firsts = groupsOf(spec).map(([task]) => task as number);
      const heads = mapTree(theta.perTask as Tree<Tensor>, (leaf: Tensor) => rowsOf(leaf, firsts)) as Layers;
      return { shared: { ...theta.shared, ...heads }, perTask: {} };
    },
    taskLosses: (theta, batch, rng, spec) =>
      learner.taskLosses(expanded(theta as MultiTaskParameters, spec), batch, rng, spec),
    predict: (theta, inputs, spec) =>
      learner.predict(expanded(theta as MultiTaskParameters, spec), inputs, spec),
  };
}

/**
 * Hard sharing within groups: a trunk for each group of tasks, a head for each task or each group.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range; when used, unless every task is in one group.
 */
export function createGrouped(options: PartialOptions<GroupedOptions> = {}): JointLearner {
  const all = resolveMultiTaskOptions('grouped', groupedDefaults, options);
  const { network, groups, heads } = all;
  requireGroups('grouped', groups);
  requireOneOf('grouped', all, 'heads', ['perTask', 'perGroup']);
  const groupsOf = ({ tasks }: Pick<JointSpec, 'tasks'>) => groups ?? [tasks.map((_, task) => task)];
  const learner = learnerOf('grouped', groupedNetwork('grouped', { network, groupsOf }), all);
  return heads === 'perTask' ? learner : withHeadsOfGroups(learner, groupsOf);
}
