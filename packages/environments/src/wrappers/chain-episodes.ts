import { type ControlDistribution, TasklearnError } from '@tasklearn/core';
import type { ResumableEnvironment } from '../vectorised/vectorised-environment.js';
import { wrappedEnvironment } from './wrapped-environment.js';

/**
 * No free resets: an episode begins where the last one was truncated. Only the first one, and those after a termination,
 * begin as usual.
 *
 * @throws `UNSUPPORTED_TASK` on making an environment, where its worlds cannot go on (of other packages, or wrapped twice).
 */
export function chainEpisodes(base: ControlDistribution): ControlDistribution {
  return {
    ...base,
    id: `${base.id} (chained)`,
    createEnvironment(tasks, copiesPerTask, rng) {
      const environment = base.createEnvironment(tasks, copiesPerTask, rng) as Partial<ResumableEnvironment> &
        ReturnType<ControlDistribution['createEnvironment']>;
      const { resume } = environment;
      if (resume === undefined)
        throw new TasklearnError(
          'UNSUPPORTED_TASK',
          `chainEpisodes: environments of ${base.id} cannot go on where an episode ended; wrap the plain distribution first.`,
          { distribution: base.id },
        );
      return wrappedEnvironment(environment, environment.spec, {
        show: (steps) => steps,
        begin: (which) => resume.call(environment, which),
      });
    },
  };
}
