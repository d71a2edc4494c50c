import {
  createRng,
  disposeTree,
  flattenTree,
  type HostTensor,
  mapTree,
  type Rng,
  type Tree,
  type TreeSpec,
  treeSpec,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import type { StreamNetwork } from './network.js';
import type { OnlineLearnerParts } from './online-learner.js';
import type { Component, OnlineState } from './online-state.js';

/** What of a learner decides which network is at work. */
export interface ComponentSettings {
  readonly parts: Pick<OnlineLearnerParts, 'belief' | 'update'>;
  readonly network: StreamNetwork;
  readonly thetaSpec: TreeSpec;
}

function hosted(tensor: tf.Tensor): HostTensor {
  return { dtype: 'float32', shape: tensor.shape, data: tensor.dataSync().slice() as Float32Array };
}

/** A network with first weights and its optimiser before the first update. */
export function newComponent({ network, parts }: ComponentSettings, rng: Rng): Component {
  let made: Component | undefined;
  tf.tidy(() => {
    const { vector } = flattenTree(network.init(rng));
    const state = parts.update.optimizer.init(vector.size);
    const optimizer = mapTree(state as Tree<tf.Tensor>, hosted as never) as unknown as Component['optimizer'];
    made = { theta: hosted(vector), optimizer, step: 0 };
  });
  return made as Component;
}

/** The structure of a network's parameters. */
export function structureOf(network: StreamNetwork): TreeSpec {
  const parameters = network.init(createRng(0));
  const spec = treeSpec(parameters);
  disposeTree(parameters);
  return spec;
}

/** Leaves of the layer that sees the inputs. */
function inputLayer({ leaves }: TreeSpec): TreeSpec['leaves'] {
  for (const prefix of ['body/layer1/', 'body/', 'head/']) {
    const found = leaves.filter(({ path }) => path.startsWith(prefix));
    if (found.length > 0) return found;
  }
  return [];
}

/** The input layer of one network in another; vectors of the optimiser go with their parameters. */
function joined(thetaSpec: TreeSpec, own: Component, shared: Component): Component {
  const layer = inputLayer(thetaSpec);
  const join = (mine: HostTensor, theirs: HostTensor): HostTensor => {
    if (theirs.data.length !== thetaSpec.size) return theirs;
    const data = theirs.data.slice() as Float32Array;
    for (const { offset, size } of layer) data.set(mine.data.subarray(offset, offset + size), offset);
    return { ...theirs, data };
  };
  const optimizer = Object.fromEntries(
    Object.entries(shared.optimizer).map(([name, vector]) => [
      name,
      join(own.optimizer[name] as HostTensor, vector),
    ]),
  );
  return { theta: join(own.theta, shared.theta), optimizer, step: shared.step };
}

/** The network at work on a task: of the task, or the only one. */
export function componentOf(
  settings: ComponentSettings,
  state: OnlineState,
  task: number,
  rng: Rng,
): Component {
  const { kind, start, own } = settings.parts.belief;
  if (kind === 'single') return state.components[0] as Component;
  const latest = state.components[state.task];
  const known = state.components[task];
  const fresh = () => newComponent(settings, rng.split('component').split(task));
  if (own === 'inputLayer') {
    if (latest === undefined || task === state.task) return known ?? fresh();
    return joined(settings.thetaSpec, known ?? fresh(), latest);
  }
  return known ?? (start === 'copy' ? latest : undefined) ?? fresh();
}

/** The state with a task's network replaced. */
export function withComponent(
  settings: ComponentSettings,
  state: OnlineState,
  task: number,
  component: Component,
): OnlineState {
  const place = settings.parts.belief.kind === 'single' ? 0 : task;
  const components = [...state.components];
  components[place] = component;
  return { ...state, components };
}
