import { type ControlDistribution, type Rng, requireInteger, requireOneOf } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { columns, indicator, lengthOf } from '../continuous/columns.js';
import { continuousDistribution, type ReferenceFactory } from '../continuous/continuous-distribution.js';
import type { World } from '../continuous/world.js';
import { type Discs, pushDiscs } from './disc-contacts.js';
import { moveToward } from './push-expert.js';
import { HAND_RADIUS, HAND_STEP } from './push-physics.js';
import { tablePicture } from './table-picture.js';

/** Options of pushing one block of many. */
export type BlockPushOptions = {
  /** k, blocks in as many lanes. */
  readonly blocks: number;
  /** `dense`: −5 d; `sparse`: that within 0.2 of the goal, and else what it is at the start. */
  readonly reward: 'dense' | 'sparse';
  /** Steps of an episode. */
  readonly horizon: number;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** Five blocks. */
export const blockPushDefaults: BlockPushOptions = {
  blocks: 5,
  reward: 'dense',
  horizon: 100,
  trainingTasks: 100,
};

/** Which block is to go where, and where all of them start. */
interface BlockPushTask {
  readonly block: number;
  readonly goalX: number;
  readonly goalY: number;
  /** [2k]. */
  readonly places: Float64Array;
  /** Distance of the block from its goal at the start. */
  readonly from: number;
}

const DENSE = 5;
const SPARSE_RADIUS = 0.2;
const TOLERANCE = 0.05;
const radiusFor = (blocks: number) => Math.min(0.05, 0.35 / blocks);

function taskOf(parameters: Readonly<Record<string, number>>, blocks: number): BlockPushTask {
  const { block = 0, goalX = 0.85, goalY = 0.5 } = parameters;
  const places = Float64Array.from({ length: 2 * blocks }, (_, index) =>
    index % 2 === 0 ? (parameters[`x${index / 2}`] as number) : laneOf((index - 1) / 2, blocks),
  );
  const from = Math.hypot((places[2 * block] as number) - goalX, (places[2 * block + 1] as number) - goalY);
  return { block, goalX, goalY, places, from };
}

const laneOf = (block: number, blocks: number) => (block + 0.5) / blocks;

const distance = (next: Float32Array, n: number, { block, goalX, goalY }: BlockPushTask) =>
  Math.hypot((next[n + 2 + 2 * block] as number) - goalX, (next[n + 3 + 2 * block] as number) - goalY);

/** State and observation: hand, then the blocks. Which of them is wanted, and where, is not observed. */
function blockPushWorld({ blocks, horizon, reward }: BlockPushOptions): World<BlockPushTask> {
  const discs: Discs = { count: blocks, radius: radiusFor(blocks), handRadius: HAND_RADIUS };
  const size = 2 + 2 * blocks;
  return {
    id: '@tasklearn/environments/block-push',
    spec: {
      observation: { shape: [size], dtype: 'float32' },
      action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      hasSuccess: true,
    },
    stateSize: size,
    bodyOf: (parameters) => taskOf(parameters, blocks),
    begin(state, s, { places }) {
      state[s] = 0.1;
      state[s + 1] = 0.5;
      state.set(places, s + 2);
    },
    advance(state, s, actions, a) {
      const [dx, dy] = [HAND_STEP * (actions[a] as number), HAND_STEP * (actions[a + 1] as number)];
      pushDiscs(state, s, s + 2, dx, dy, discs);
      return false;
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < size; index += 1) observation[o + index] = state[s + index] as number;
    },
    reward(_observation, _o, _actions, _a, next, n, body) {
      const left = distance(next, n, body);
      return -DENSE * (reward === 'dense' || left < SPARSE_RADIUS ? left : body.from);
    },
    reached: (next, n, body) => distance(next, n, body) <= TOLERANCE,
  };
}

function drawTask(blocks: number) {
  return (rng: Rng): Readonly<Record<string, number>> => {
    const places = rng.split('places');
    const block = rng.split('block').integer(blocks);
    const goal = rng.split('goal');
    const wanted = laneOf(block, blocks) + (goal.next() - 0.5) * 0.2;
    const radius = radiusFor(blocks);
    return {
      block,
      goalX: 0.75 + 0.2 * goal.next(),
      goalY: Math.min(1 - radius, Math.max(radius, wanted)),
      ...Object.fromEntries(
        Array.from({ length: blocks }, (_, index) => [`x${index}`, 0.35 + 0.3 * places.next()]),
      ),
    };
  };
}

/** Writes one copy's action: out of the lanes, behind the block, and on. */
function steer(
  now: Float32Array,
  { block, goalX, goalY }: BlockPushTask,
  touch: number,
  actions: Float32Array,
  a: number,
): void {
  const [handX, handY] = now as unknown as [number, number];
  const [x, y] = [now[2 + 2 * block] as number, now[3 + 2 * block] as number];
  const left = Math.hypot(goalX - x, goalY - y);
  const [ux, uy] = [(goalX - x) / (left || 1), (goalY - y) / (left || 1)];
  const behind = (x - handX) * ux + (y - handY) * uy;
  const aside = (handX - x) * uy - (handY - y) * ux;
  actions[a] = actions[a + 1] = 0;
  if (left < 0.01) return;
  if (behind > 0.6 * touch && Math.abs(aside) < 0.02) {
    const onward = Math.min(left, HAND_STEP) + Math.max(0, behind - touch);
    const [toX, toY] = [handX + ux * onward - uy * aside * 0.8, handY + uy * onward + ux * aside * 0.8];
    moveToward(handX, handY, toX, toY, actions, a);
  } else if (handX > x - touch - 0.01 && Math.abs(handY - y) > 0.01 && handX > 0.28)
    moveToward(handX, handY, 0.25, handY, actions, a);
  else moveToward(handX, handY, x - ux * (touch + 0.02), y - uy * (touch + 0.02), actions, a);
}

/** Is told the task, and pushes by feedback. */
const blockExpert =
  (blocks: number): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const copies = tasks.length * copiesPerTask;
    const actions = new Float32Array(copies * 2);
    const known = tasks.map((task) => taskOf(task.parameters, blocks));
    const size = 2 + 2 * blocks;
    const touch = radiusFor(blocks) + HAND_RADIUS;
    return {
      act({ observation }) {
        for (let copy = 0; copy < copies; copy += 1) {
          const task = known[Math.floor(copy / copiesPerTask)] as BlockPushTask;
          steer(observation.subarray(copy * size, (copy + 1) * size), task, touch, actions, copy * 2);
        }
        return actions;
      },
    };
  };

/**
 * Blocks in lanes, one of which is to be pushed to the other side; which, and to where, is for the agent to find out from
 * rewards. Dense reward −5 d. References: `expert` (is told), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Gupta, Mendonca, Liu, Abbeel, Levine. Meta-Reinforcement Learning of Structured Exploration Strategies. NeurIPS
 *   2018. arXiv:1802.07245 (object manipulation).
 *
 * @example
 * ```ts
 * import { blockPush } from '@tasklearn/environments';
 *
 * blockPush().spec.observation.shape; // => [12]
 * ```
 */
export function blockPush(options: Partial<BlockPushOptions> = {}): ControlDistribution {
  const settings = { ...blockPushDefaults, ...options };
  const blocks = requireInteger('block-push', settings, 'blocks', 1, 8);
  requireOneOf('block-push', settings, 'reward', ['dense', 'sparse']);
  requireInteger('block-push', settings, 'horizon');
  return continuousDistribution({
    world: blockPushWorld(settings),
    varies: ['initialState', 'reward'],
    trainingTasks: settings.trainingTasks,
    trial: { explorationEpisodes: 2, executionEpisodes: 1 },
    draw: drawTask(blocks),
    recordableReward: (task, _observation, _action, next) =>
      tf.tidy(() => {
        const { block, goalX, goalY, from } = taskOf(task.parameters, blocks);
        const left = lengthOf(tf.sub(columns(next, 2 + 2 * block, 2), tf.tensor1d([goalX, goalY]))); // [...]
        if (settings.reward === 'dense') return tf.mul(-DENSE, left);
        const near = indicator(tf.less(left, SPARSE_RADIUS));
        return tf.mul(-DENSE, tf.add(tf.mul(near, left), tf.mul(tf.sub(1, near), from)));
      }),
    references: { expert: blockExpert(blocks) },
    picture: blockPicture(blocks),
  });
}

/** Each task marks its goal and traces its block. */
function blockPicture(blocks: number): Required<Pick<ControlDistribution, 'draw' | 'drawFrame'>> {
  const objects = Array.from({ length: blocks }, (_, block) => 2 + 2 * block);
  const of = (parameters: Readonly<Record<string, number>>) => {
    const { block, goalX, goalY } = taskOf(parameters, blocks);
    const goalAt = [goalX, goalY] as const;
    return tablePicture('Block push', {
      hand: 0,
      objects,
      goal: goalAt,
      tolerance: TOLERANCE,
      traced: 2 + 2 * block,
      radius: radiusFor(blocks),
    });
  };
  return {
    draw: (task, trajectories) => of(task.parameters).draw(task, trajectories),
    drawFrame: (task, observation) => of(task.parameters).drawFrame(task, observation),
  };
}
