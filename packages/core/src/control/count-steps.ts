import type { ControlDistribution } from './control-distribution.js';
import type { Environment } from './environment.js';
import { replaceMembers } from './replace-members.js';

/** A distribution whose environments are counted. */
export interface CountedDistribution {
  /** The same tasks; every step of an active copy of an environment made by it counts. */
  readonly distribution: ControlDistribution;
  /** Environment steps made so far: one per active copy and call of `step`. A step that throws counts nothing. */
  steps(): number;
}

/**
 * Counts environment steps exactly, whoever makes them: training, planning in a copy of the simulator, evaluation.
 *
 * @param distribution - not modified.
 * @param from - where counting begins: what was counted before a resume.
 */
export function countSteps(distribution: ControlDistribution, from = 0): CountedDistribution {
  let steps = from;
  const count = (made: number) => {
    steps += made;
  };
  const createEnvironment: ControlDistribution['createEnvironment'] = (tasks, copiesPerTask, rng) =>
    countedEnvironment(distribution.createEnvironment(tasks, copiesPerTask, rng), count);
  return {
    distribution: replaceMembers(distribution, { createEnvironment }),
    steps: () => steps,
  };
}

function countedEnvironment(environment: Environment, count: (made: number) => void): Environment {
  const { copies, spec } = environment;
  return {
    copies,
    spec,
    reset: (which) => environment.reset(which),
    step(actions, active) {
      let made = active === undefined ? copies : 0;
      if (active !== undefined)
        for (let copy = 0; copy < copies; copy += 1) made += active[copy] === 1 ? 1 : 0;
      const steps = environment.step(actions, active);
      count(made);
      return steps;
    },
    snapshot: () => environment.snapshot(),
    restore: (snapshot) => environment.restore(snapshot),
    dispose: () => environment.dispose(),
  };
}
