import { type ControlDistribution, requireInteger, requireOneOf, type Varies } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column, columns, indicator, lengthOf } from '../continuous/columns.js';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import type { World } from '../continuous/world.js';
import { planeOracle } from './plane-oracle.js';
import { planePicture } from './plane-picture.js';
import { hallOf, moveInPlane, PIT, type PlaneLayout, STAR } from './plane-regions.js';

/** Options of the plane. */
export type PlaneOptions = {
  /**
   * - `star`: three halls of length 10 and width 1 out of a round middle; tasks differ in the hall whose end pays.
   * - `pit`: 1 for each step in the green disc, −1 for each in the red one before it.
   * - `hurdles`: a course with bars whose gaps are on either side in turn; reward is progress along x.
   * - `field`: progress in any direction pays, to learn to move in before a `hallway`, where progress along x does.
   */
  readonly layout: PlaneLayout;
  /** Steps of an episode. */
  readonly horizon: number;
};

/** The star. */
export const planeDefaults: PlaneOptions = { layout: 'star', horizon: 100 };

/** A full action moves the point this far along an axis. */
export const PLANE_STEP = 0.2;

/** What pays in the star: the end of a hall. */
interface PlaneTask {
  readonly endX: number;
  readonly endY: number;
}

function taskOf({ hall = 0 }: Readonly<Record<string, number>>): PlaneTask {
  const [x, y] = hallOf(hall);
  return { endX: x * (STAR.reach - 1), endY: y * (STAR.reach - 1) };
}

/** The reward of a layout, by places before and after. */
function rewardOf(layout: PlaneLayout): World<PlaneTask>['reward'] {
  const away = (seen: Float32Array, at: number, x: number, y: number) =>
    Math.hypot((seen[at] as number) - x, (seen[at + 1] as number) - y);
  switch (layout) {
    case 'star':
      return (_o, _i, _a, _j, next, n, { endX, endY }) => (away(next, n, endX, endY) <= 1 ? 1 : 0);
    case 'pit':
      return (_o, _i, _a, _j, next, n) =>
        (away(next, n, PIT.goal, 0) <= PIT.goalRadius ? 1 : 0) -
        (away(next, n, PIT.pit, 0) <= PIT.pitRadius ? 1 : 0);
    case 'field':
      return (seen, o, _a, _j, next, n) => away(next, n, 0, 0) - away(seen, o, 0, 0);
    default:
      return (seen, o, _a, _j, next, n) => (next[n] as number) - (seen[o] as number);
  }
}

/** The same law over tensors. */
function recordableReward(layout: PlaneLayout): NonNullable<ControlDistribution['recordableReward']> {
  const from = (place: tf.Tensor, x: number, y: number) =>
    lengthOf(tf.sub(columns(place, 0, 2), tf.tensor1d([x, y])));
  return (task, observation, _action, next) =>
    tf.tidy(() => {
      const { endX, endY } = taskOf(task.parameters);
      if (layout === 'star') return indicator(tf.lessEqual(from(next, endX, endY), 1));
      if (layout === 'field') return tf.sub(from(next, 0, 0), from(observation, 0, 0));
      if (layout !== 'pit') return tf.sub(column(next, 0), column(observation, 0));
      const green = indicator(tf.lessEqual(from(next, PIT.goal, 0), PIT.goalRadius));
      return tf.sub(green, indicator(tf.lessEqual(from(next, PIT.pit, 0), PIT.pitRadius))); // [...]
    });
}

function planeWorld({ layout, horizon }: PlaneOptions): World<PlaneTask> {
  return {
    id: '@tasklearn/environments/plane',
    spec: {
      observation: { shape: [2], dtype: 'float32' },
      action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      hasSuccess: layout === 'star',
    },
    stateSize: 2,
    bodyOf: taskOf,
    begin: (state, s) => void state.fill(0, s, s + 2),
    advance(state, s, actions, a) {
      moveInPlane(
        state,
        s,
        PLANE_STEP * (actions[a] as number),
        PLANE_STEP * (actions[a + 1] as number),
        layout,
      );
      return false;
    },
    observe(state, s, _body, observation, o) {
      observation[o] = state[s] as number;
      observation[o + 1] = state[s + 1] as number;
    },
    reward: rewardOf(layout),
    ...(layout === 'star'
      ? {
          reached: (next: Float32Array, n: number, { endX, endY }: PlaneTask) =>
            Math.hypot((next[n] as number) - endX, (next[n + 1] as number) - endY) <= 1,
        }
      : {}),
  };
}

/**
 * Worlds to cover: a point and places that are hard to come to, for learning skills, coverage and exploration before there
 * is a task. p′ = p + 0.2 a as far as walls allow; observes p.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Lee, Eysenbach, Parisotto, Xing, Levine, Salakhutdinov. Efficient Exploration via State Marginal Matching. 2019.
 *   arXiv:1906.05274 (star); Eysenbach, Gupta, Ibarz, Levine. Diversity is All You Need. ICLR 2019. arXiv:1802.06070.
 *
 * @example
 * ```ts
 * import { plane } from '@tasklearn/environments';
 *
 * plane().trainingTasks; // => 3
 * plane({ layout: 'pit' }).varies; // => []
 * ```
 */
export function plane(options: Partial<PlaneOptions> = {}): ControlDistribution {
  const settings = { ...planeDefaults, ...options };
  const layout = requireOneOf('plane', settings, 'layout', ['star', 'pit', 'hurdles', 'field', 'hallway']);
  requireInteger('plane', settings, 'horizon');
  const varies: readonly Varies[] = layout === 'star' ? ['reward'] : [];
  return continuousDistribution({
    world: planeWorld(settings),
    varies,
    trainingTasks: 3,
    shared: true,
    trial: { explorationEpisodes: layout === 'star' ? 2 : 0, executionEpisodes: 1 },
    draw: (_rng, _split, index) => (layout === 'star' ? { hall: index % 3 } : {}),
    recordableReward: recordableReward(layout),
    references: { oracle: planeOracle(layout) },
    picture: planePicture(layout),
  });
}
