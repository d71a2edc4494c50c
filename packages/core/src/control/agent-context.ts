import type { Executor } from '../executor.js';
import type { ControlDistribution } from './control-distribution.js';
import type { ControlAgentContext } from './control-learner.js';
import { sharedReward } from './shared-reward.js';

/** What agents on tasks of a distribution are opened with: its spec, and its law of reward where all tasks share one. */
export function agentContext(distribution: ControlDistribution, executor: Executor): ControlAgentContext {
  const reward = sharedReward(distribution);
  return { spec: distribution.spec, executor, ...(reward === undefined ? {} : { reward }) };
}
