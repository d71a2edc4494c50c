import { type JointSpec, mapTree, type Rng, TasklearnError, type Tree } from '@tasklearn/core';
import type { NetworkOptions } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Architecture, Layers, MultiTaskParameters } from '../engine/architecture.js';
import { denseNetwork } from './dense-network.js';

/** What a {@link groupedNetwork} may be told. */
export interface GroupedNetworkOptions {
  /** Convolutions for images; `hidden` are the fully connected layers after them. */
  readonly network: NetworkOptions;
  /** Tasks of a set that share a network, by their place among all: every task in one group. */
  readonly groupsOf: (spec: JointSpec) => readonly (readonly number[])[];
}

/** @throws `INVALID_OPTION` unless `groups` is a list of lists of places. */
export function requireGroups(owner: string, groups: unknown): void {
  const isPlace = (place: unknown) => typeof place === 'number' && Number.isInteger(place) && place >= 0;
  const isGroup = (group: unknown) => Array.isArray(group) && group.length > 0 && group.every(isPlace);
  if (groups === null || (Array.isArray(groups) && groups.length > 0 && groups.every(isGroup))) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${owner}: option \`groups\` must be a list of lists of tasks by their place, e.g. [[0, 1], [2]], or null; got ${JSON.stringify(groups)}.`,
    { owner, key: 'groups', received: groups as never },
  );
}

/** The group of each task. @throws `INVALID_OPTION` unless every task is in one group. */
export function groupOfTasks(
  owner: string,
  groups: readonly (readonly number[])[],
  tasks: number,
): readonly number[] {
  const found = Array.from({ length: tasks }, (_, task) =>
    groups.flatMap((group, index) => group.filter((each) => each === task).map(() => index)),
  );
  const count = groups.reduce((sum, group) => sum + group.length, 0);
  const wrong = found.findIndex((each) => each.length !== 1);
  if (wrong < 0 && count === tasks) return found.map(([group]) => group as number);
  const what = wrong < 0 ? 'a place that no task has' : `task ${wrong} ${found[wrong]?.length ?? 0} times`;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${owner}: option \`groups\` must hold each of the ${tasks} tasks, from 0 to ${tasks - 1}, once; it holds ${what}.`,
    { owner, key: 'groups', received: groups as never },
  );
}

/** Axes of a layer's leaf with a group axis and no other: kernels [G, h, w, in, out], weights [G, in, out], the rest [G, out]. */
function ranksOf(path: string): number {
  if (path.endsWith('kernel')) return 5;
  return path.endsWith('weight') ? 3 : 2;
}

/** Leaves [G, ...] as each task sees them, [T, ...]; of leaves with a task axis already, [T, G, ...], task t's own row. */
export function forEachTask(layers: Layers, groups: number, ofTask: readonly number[]): Layers {
  return mapTree(layers as Tree<Tensor>, (leaf: Tensor, path) => {
    if (leaf.rank === ranksOf(path)) return tf.gather(leaf, tf.tensor1d(ofTask as number[], 'int32'));
    const rows = ofTask.map((group, task) => task * groups + group);
    const flat = leaf.reshape([ofTask.length * groups, ...leaf.shape.slice(2)]);
    return tf.gather(flat, tf.tensor1d(rows, 'int32'));
  }) as Layers;
}

/**
 * A network for each group of tasks, and a head for each task: what sharing less comes to where tasks fall into kinds. One group is
 * the shared bottom, a group per task are independent networks.
 *
 * @throws `INVALID_OPTION` when used, unless every task is in one group.
 */
export function groupedNetwork(owner: string, { network, groupsOf }: GroupedNetworkOptions): Architecture {
  const inner = denseNetwork(owner, {
    network,
    sharedLayers: 0,
    heads: 'perTask',
    conditioning: 'none',
    conditionedLayers: null,
  });
  return {
    heads: 'perTask',
    featureSize: (spec) => inner.featureSize(spec),
    init(spec: JointSpec, rng: Rng): MultiTaskParameters {
      const groups = groupsOf(spec);
      groupOfTasks(owner, groups, spec.tasks.length);
      const alike = { ...spec, tasks: groups.map((_, index) => ({ id: `${index}`, group: 'none' })) };
      return { shared: inner.init(alike, rng).perTask, perTask: {} };
    },
    features({ shared }, inputs, spec, context) {
      const groups = groupsOf(spec);
      const ofTask = groupOfTasks(owner, groups, spec.tasks.length);
      const layers = forEachTask(shared, groups.length, ofTask);
      return inner.features({ shared: {}, perTask: layers }, inputs, spec, context);
    },
  };
}
