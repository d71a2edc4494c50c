import {
  createRng,
  type EpisodicDistribution,
  type EpisodicLearner,
  type HostTensor,
  metaTrain,
  type Tree,
} from '@tasklearn/core';
import { type Check, demand } from '../check.js';
import { swapSupports } from '../episodes/change-episodes.js';
import { trivialDistribution } from '../episodes/trivial-distribution.js';
import { predict } from './run-learner.js';
import type { Subject } from './subject.js';

const TEST_TASKS = 16;

/** That a support set helps: after a short meta-training, its own tells more about a task than another task's. */
export function learningCheck(subject: Subject): Check {
  return { name: 'adapting lowers the loss on a trivial task', run: () => demandLearning(subject) };
}

async function demandLearning(subject: Subject): Promise<void> {
  const { distribution: own, executors, id } = subject;
  const distribution = trivialDistribution(own.spec);
  const learner = subject.create();
  const theta = await trained(subject, learner, distribution);
  const episodes = distribution.episodes('test', 0, TEST_TASKS, createRng('conformance').split('test'));
  const lossesWith = async (support: typeof episodes.support) => {
    const { logProbabilities } = await predict(executors[0], learner, own.spec, theta, {
      ...episodes,
      support,
    });
    return taskLosses(logProbabilities);
  };
  const right = await lossesWith(episodes.support);
  const wrong = await lossesWith(swapSupports(episodes.support));
  const gains = right.map((loss, task) => (wrong[task] as number) - loss);
  const mean = average(gains);
  const error = Math.sqrt(average(gains.map((gain) => (gain - mean) ** 2)) / (TEST_TASKS - 1));
  demand(
    mean > 2 * error,
    `${id}: after ${subject.training.updates} updates, a task's own support set must lower its query loss; ` +
      `it does by ${mean} ± ${error} (standard error) against another task's.`,
    { mean, error },
  );
}

async function trained(
  { executors, training }: Subject,
  learner: EpisodicLearner,
  distribution: EpisodicDistribution,
): Promise<Tree<HostTensor>> {
  let theta: Tree<HostTensor> = {};
  const options = { learner, distribution, executor: executors[0], seed: 'conformance', ...training };
  for await (const event of metaTrain(options)) if (event.kind === 'finished') theta = event.theta;
  return theta;
}

/** Mean of −log p over the query items of each task. */
function taskLosses({ shape, data }: HostTensor): number[] {
  const items = shape[1] as number;
  return Array.from(
    { length: TEST_TASKS },
    (_, task) => -average([...data.slice(task * items, (task + 1) * items)]),
  );
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
