import type { ControlDistribution, Varies } from '@tasklearn/core';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import type { ParameterRange } from '../continuous/parameter-range.js';
import {
  type PointRobotOptions,
  type PointRobotSettings,
  pointRobotSettings,
} from './point-robot-options.js';
import { pointRobotPicture } from './point-robot-picture.js';
import { pointRobotReferences } from './point-robot-references.js';
import { drawPointRobotTask } from './point-robot-tasks.js';
import { pointRobotWorld } from './point-robot-world.js';
import { recordablePointRobotReward } from './recordable-point-robot-reward.js';

function variesOf({ task, mass, friction, gain, delay, wind }: PointRobotSettings): Varies[] {
  const differs = ([minimum, maximum]: ParameterRange) => minimum < maximum;
  const dynamics = [mass, friction, gain, delay].some(differs) || wind > 0;
  const reward = task !== 'any-direction' && task !== 'dynamics';
  return [...(reward ? (['reward'] as const) : []), ...(dynamics ? (['dynamics'] as const) : [])];
}

/**
 * A point in the plane and what it is to do: goals, rings of goals, headings, speeds, unknown bodies. The target is in
 * no observation: whoever acts has to find it out from rewards.
 *
 * Sparse and dense variants share their tasks, so the dense reward of a task met under sparse reward is
 * `pointRobot({ ...options, reward: 'dense' }).reward(task, transitions)`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Finn, Abbeel, Levine. Model-Agnostic Meta-Learning. ICML 2017, section 5.3 (goal); Rakelly, Zhou, Quillen, Finn,
 *   Levine. Efficient Off-Policy Meta-Reinforcement Learning via Probabilistic Context Variables. ICML 2019 (ring).
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { pointRobot } from '@tasklearn/environments';
 *
 * const ring = pointRobot({ task: 'ring', reward: 'sparse' });
 * const tasks = [0, 1].map((index) => ring.task('train', index, createRng(0)));
 * const environment = ring.createEnvironment(tasks, 8, createRng(1));
 * environment.reset();
 * const steps = environment.step(new Float32Array(16 * 2).fill(0.1));
 * steps.observation.length; // => 32
 * environment.dispose();
 * ```
 */
export function pointRobot(options: Partial<PointRobotOptions> = {}): ControlDistribution {
  const settings = pointRobotSettings(options);
  const { task, reward } = settings;
  const found = task === 'ring' && reward === 'sparse';
  return continuousDistribution({
    world: pointRobotWorld('@tasklearn/environments/point-robot', settings),
    varies: variesOf(settings),
    trainingTasks: settings.trainingTasks,
    shared: task === 'away' || task === 'two-directions',
    trial: { explorationEpisodes: found ? 2 : 1, executionEpisodes: 1 },
    draw: drawPointRobotTask(settings),
    recordableReward: recordablePointRobotReward(settings),
    references: pointRobotReferences(settings),
    picture: pointRobotPicture(settings),
  });
}
