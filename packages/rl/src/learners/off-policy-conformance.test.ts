import { type ControlLearnerCheckOptions, controlLearnerChecks } from '@tasklearn/conformance';
import { laneWalk } from '@tasklearn/environments';
import { describe, it } from 'vitest';
import { rlPlugin } from '../plugin.js';

// The trivial tasks show their target: a learner that meets eight of them can follow it.
const small = {
  hidden: [8],
  tasks: 8,
  cycles: 2,
  collectSteps: 4,
  batchSize: 32,
  warmUpSteps: 32,
  learningRate: 0.02,
  discount: 0.3,
  targetRate: 0.1,
};
const actors = { ...small, actorLearningRate: 0.02 };
const imitators = {
  options: { ...small, tasks: 1, warmUpSteps: 0, gradientSteps: 4 },
  distribution: laneWalk({ horizon: 10, slip: 0.1 }),
  learning: { distribution: laneWalk({ horizon: 10, slip: 0.1 }), updates: 20 },
  freeTextOptions: ['expert'],
};

const options: Record<string, ControlLearnerCheckOptions> = {
  dqn: { options: { ...small, firstRandomActions: 0.5 } },
  ddpg: { options: actors },
  td3: { options: { ...actors, gradientSteps: 2 } },
  sac: { options: { ...actors, temperature: 0.1 } },
  'soft-q': { options: { ...small, temperature: 0.05 } },
  'behaviour-cloning': imitators,
  dagger: imitators,
};

for (const [key, given] of Object.entries(options)) {
  describe(key, () => {
    for (const check of controlLearnerChecks(rlPlugin, key, given)) it(check.name, check.run);
  });
}
