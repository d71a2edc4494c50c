import {
  type ControlDistribution,
  type ControlTask,
  type ReferencePolicy,
  type Rng,
  requireInteger,
  type Split,
  TasklearnError,
  type Transitions,
  type Varies,
} from '@tasklearn/core';
import {
  actionSizeOf,
  clipActions,
  discreteActions,
  observationSizeOf,
} from '../vectorised/check-actions.js';
import { vectorisedEnvironment } from '../vectorised/vectorised-environment.js';
import { randomReference } from './random-reference.js';
import type { World } from './world.js';
import { vectorisedWorld } from './world-kernel.js';

/** Makes a reference policy. */
export type ReferenceFactory = (
  tasks: readonly ControlTask[],
  copiesPerTask: number,
  rng: Rng,
) => ReferencePolicy;

/** What is needed beside the world to make a distribution of it. */
export interface ContinuousFamily<Body> {
  readonly world: World<Body>;
  readonly varies: readonly Varies[];
  /** One execution episode unless told. */
  readonly trial?: ControlDistribution['trial'];
  /** Size of the finite set of training tasks; 0 for as many tasks as asked for. One where nothing varies. */
  readonly trainingTasks?: number;
  /** All splits have the tasks of the finite set, as where there are too few to hold some back. */
  readonly shared?: boolean;
  /** The parameters of a task: a function of the stream's key, the split and the index alone. */
  draw(rng: Rng, split: Split, index: number): Readonly<Record<string, number>>;
  /** Where the reward depends on more than observations and action; then there is no off-line reward. */
  readonly hiddenReward?: boolean;
  /** As in {@link ControlDistribution}. */
  readonly recordableReward?: NonNullable<ControlDistribution['recordableReward']>;
  /** Reference lines; `random` is added. */
  readonly references?: Readonly<Record<string, ReferenceFactory>>;
  readonly picture?: Pick<ControlDistribution, 'draw' | 'drawFrame'>;
}

/**
 * The distribution of a family of continuous worlds. Training tasks of a finite set come round: index i has identity
 * i mod n.
 */
export function continuousDistribution<Body>(family: ContinuousFamily<Body>): ControlDistribution {
  const { world, varies } = family;
  const frame = vectorisedWorld(world);
  const trainingTasks = varies.length === 0 ? 1 : (family.trainingTasks ?? 0);
  const shared = family.shared === true || varies.length === 0;
  const finite = requireInteger(world.id, { trainingTasks }, 'trainingTasks', 0) > 0;
  return {
    kind: 'control',
    id: world.id,
    spec: world.spec,
    varies,
    trial: family.trial ?? { explorationEpisodes: 0, executionEpisodes: 1 },
    ...(finite ? { trainingTasks } : {}),
    task(split, index, rng) {
      const ofSet = finite && (shared || split === 'train');
      const number = ofSet ? index % trainingTasks : index;
      const stream = rng.split(shared ? 'shared' : split).split(number);
      const parameters = Object.freeze(family.draw(stream, split, number));
      return Object.freeze({
        id: `${split}-${number}`,
        parameters,
        ...(ofSet ? { identity: number } : {}),
      });
    },
    createEnvironment: (tasks, copiesPerTask, rng) => vectorisedEnvironment(frame, tasks, copiesPerTask, rng),
    ...(family.hiddenReward === true
      ? {}
      : { reward: (task, transitions) => rewardOff(world, task, transitions) }),
    ...(family.recordableReward === undefined ? {} : { recordableReward: family.recordableReward }),
    references: { ...family.references, random: randomReference(world.spec) },
    ...family.picture,
  };
}

/** Rewards of transitions by the law that `step` uses; actions are brought within their limits first. */
function rewardOff<Body>(world: World<Body>, task: ControlTask, transitions: Transitions): Float32Array {
  const { observation, action, next } = transitions;
  const [observationSize, actionSize] = [observationSizeOf(world.spec), actionSizeOf(world.spec)];
  const count = observation.length / observationSize;
  if (!Number.isInteger(count) || next.length !== observation.length || action.length !== count * actionSize)
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `${world.id}: reward expected [N * ${observationSize}], [N * ${actionSize}], [N * ${observationSize}] numbers, got ${observation.length}, ${action.length}, ${next.length}.`,
      { observation: observation.length, action: action.length, next: next.length },
    );
  let actions = action;
  if (discreteActions(world.spec) === 0) {
    actions = new Float32Array(action.length);
    clipActions(`${world.id}: reward`, action, world.spec, actions);
  }
  const body = world.bodyOf(task.parameters);
  const rewards = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    const o = index * observationSize;
    rewards[index] = world.reward(observation, o, actions, index * actionSize, next, o, body);
  }
  return rewards;
}
