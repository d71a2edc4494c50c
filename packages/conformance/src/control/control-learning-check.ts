import {
  agentContext,
  type ControlAgent,
  type ControlDistribution,
  createRng,
  evaluateTrials,
  randomAgent,
  type TrialProtocol,
} from '@tasklearn/core';
import { type Check, demand } from '../check.js';
import { type ControlSubject, trainShortly } from './control-subject.js';

/** What `learns more than random` is made with. */
export type ControlLearning = {
  /** Easy tasks. */
  readonly distribution: ControlDistribution;
  readonly updates: number;
  /** Training tasks that it is tried on. */
  readonly tasks: number;
};

/** That training pays: on the tasks it was trained on, returns are higher than those of random actions. */
export function controlLearningCheck(subject: ControlSubject, learning: ControlLearning): Check {
  return { name: 'learns more than random', run: () => demandLearning(subject, learning) };
}

async function demandLearning(
  subject: ControlSubject,
  { distribution, updates, tasks }: ControlLearning,
): Promise<void> {
  const { id, executors, trial } = subject;
  const { learner, parameters } = await trainShortly(subject, { distribution, updates });
  const agent = await learner.openAgent(parameters, agentContext(distribution, executors[0]));
  const learnt = await returnsOf(agent, distribution, trial, tasks);
  agent.dispose();
  const random = await returnsOf(randomAgent(distribution.spec), distribution, trial, tasks);
  const gains = learnt.map((value, task) => value - (random[task] as number));
  const mean = average(gains);
  const error = Math.sqrt(average(gains.map((gain) => (gain - mean) ** 2)) / (tasks - 1));
  demand(
    mean > 2 * error,
    `${id}: after ${updates} updates on ${distribution.id}, its return must exceed that of random actions; ` +
      `it does by ${mean} ± ${error} (standard error).`,
    { mean, error, learnt: average(learnt), random: average(random) },
  );
}

/** Mean return of the execution episodes of each trial. */
async function returnsOf(
  agent: ControlAgent,
  distribution: ControlDistribution,
  trial: TrialProtocol,
  count: number,
): Promise<number[]> {
  const returns: number[] = [];
  const rng = createRng('conformance');
  for await (const { episodes } of evaluateTrials({ agent, distribution, split: 'train', count, trial, rng }))
    returns.push(average(episodes.slice(trial.explorationEpisodes).map((episode) => episode.return)));
  return returns;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
