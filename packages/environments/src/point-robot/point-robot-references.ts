import type { ControlTask, ReferencePolicy, Rng, TimeSteps } from '@tasklearn/core';
import type { ReferenceFactory } from '../continuous/continuous-distribution.js';
import { pointRobotBody } from './point-robot-body.js';
import type { PointRobotSettings } from './point-robot-options.js';
import { createRingBelief } from './ring-belief.js';
import { steering } from './steering.js';

/** Each copy's own policy, of one copy: target point in, action out is the business of `steer`. */
function perCopy(
  settings: PointRobotSettings,
  tasks: readonly ControlTask[],
  copiesPerTask: number,
  targetOf: (copy: number, task: ControlTask, steps: TimeSteps) => readonly [x: number, y: number],
): ReferencePolicy['act'] {
  const copies = tasks.length * copiesPerTask;
  const actions = new Float32Array(copies * 2);
  const steer = steering(settings);
  const bodies = tasks.map((task) => pointRobotBody(task.parameters));
  return (steps) => {
    for (let copy = 0; copy < copies; copy += 1) {
      const task = Math.floor(copy / copiesPerTask);
      const [x, y] = targetOf(copy, tasks[task] as ControlTask, steps);
      steer(steps.observation, copy, bodies[task] as (typeof bodies)[number], x, y, actions);
    }
    return actions;
  };
}

/** Is told the task: straight to the goal, or full speed along the heading. */
const oracle =
  (settings: PointRobotSettings): ReferenceFactory =>
  (tasks, copiesPerTask) => ({
    act: perCopy(settings, tasks, copiesPerTask, (_copy, task) => {
      const { targetX, targetY } = pointRobotBody(task.parameters);
      return [targetX, targetY];
    }),
  });

/**
 * Is not told the goal: walks along the half circle until it is paid, and from then on goes where it was paid most.
 * It keeps what it knows between the episodes of a trial.
 */
const arcWalk =
  (settings: PointRobotSettings): ReferenceFactory =>
  (tasks, copiesPerTask) => {
    const copies = tasks.length * copiesPerTask;
    const radius = settings.goalDistance;
    const angle = new Float64Array(copies);
    const best = new Float64Array(copies);
    const found = new Float64Array(copies * 2);
    const walk = (copy: number, steps: TimeSteps): readonly [number, number] => {
      const x = steps.observation[copy * 2] as number;
      const y = steps.observation[copy * 2 + 1] as number;
      const paid = steps.reward[copy] as number;
      if (paid > (best[copy] as number)) {
        best[copy] = paid;
        found.set([x, y], copy * 2);
      }
      // Walks on while it is paid more and more: the goal is ahead.
      if ((best[copy] as number) > 0 && paid < (best[copy] as number))
        return [found[copy * 2] as number, found[copy * 2 + 1] as number];
      const target = angle[copy] as number;
      const there = Math.hypot(x - radius * Math.cos(target), y - radius * Math.sin(target)) < 0.06;
      if (there) angle[copy] = Math.min(Math.PI, target + 0.1 / radius);
      return [radius * Math.cos(angle[copy] as number), radius * Math.sin(angle[copy] as number)];
    };
    return {
      beginEpisode(episode, which) {
        if (episode > 0) return;
        for (let copy = 0; copy < copies; copy += 1)
          if (which === undefined || which[copy] === 1) angle[copy] = best[copy] = 0;
      },
      act: perCopy(settings, tasks, copiesPerTask, (copy, _task, steps) => walk(copy, steps)),
    };
  };

/**
 * Is not told the goal: each episode goes straight to a goal drawn from the posterior given all rewards of the trial.
 *
 * @see Strens. A Bayesian Framework for Reinforcement Learning. ICML 2000.
 */
const posteriorSampling =
  (settings: PointRobotSettings): ReferenceFactory =>
  (tasks, copiesPerTask, rng: Rng) => {
    const copies = tasks.length * copiesPerTask;
    const belief = createRingBelief(settings, copies, rng);
    return {
      beginEpisode(episode, which) {
        for (let copy = 0; copy < copies; copy += 1) {
          if (which !== undefined && which[copy] !== 1) continue;
          if (episode === 0) belief.forget(copy);
          belief.sample(copy);
        }
      },
      act: perCopy(settings, tasks, copiesPerTask, (copy, _task, steps) => {
        if (steps.stepType[copy] !== 0) belief.see(copy, steps);
        return belief.target(copy);
      }),
    };
  };

/** Reference lines of the point robot: which of them there are depends on the task. */
export function pointRobotReferences(
  settings: PointRobotSettings,
): Readonly<Record<string, ReferenceFactory>> {
  const { task, motion, reward } = settings;
  if (task === 'any-direction' && motion === 'unicycle') return {};
  const uninformed = task === 'ring' && motion === 'kinematic' && reward === 'sparse';
  return {
    oracle: oracle(settings),
    ...(uninformed
      ? { 'arc-walk': arcWalk(settings), 'posterior-sampling': posteriorSampling(settings) }
      : {}),
  };
}
