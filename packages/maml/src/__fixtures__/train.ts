import {
  createRng,
  type EpisodicDistribution,
  type EpisodicLearner,
  type Executor,
  evaluateEpisodes,
  type HostTensor,
  meanOfResults,
  metaTrain,
  type Tree,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';

/** What a short run is made of. */
export interface RunOptions {
  readonly updates: number;
  readonly tasksPerUpdate: number;
  readonly executor?: Executor;
  readonly seed?: number;
}

/** θ after a short run. */
export async function train(
  learner: EpisodicLearner,
  distribution: EpisodicDistribution,
  { updates, tasksPerUpdate, executor = compiledExecutor({ fallback: 'error' }), seed = 0 }: RunOptions,
): Promise<Tree<HostTensor>> {
  const events = metaTrain({
    learner,
    distribution,
    executor,
    seed,
    updates,
    tasksPerUpdate,
    logEvery: updates || 1,
  });
  for await (const event of events) if (event.kind === 'finished') return event.theta;
  throw new Error('metaTrain ended without a result');
}

/** Mean score, accuracy or squared error, on test episodes. */
export async function score(
  learner: EpisodicLearner,
  distribution: EpisodicDistribution,
  theta: Tree<HostTensor>,
  count = 60,
): Promise<number> {
  const executor = compiledExecutor({ fallback: 'error' });
  const rng = createRng('test');
  return meanOfResults(
    await evaluateEpisodes({ learner, executor, distribution, split: 'test', count, theta, rng }),
  ).score;
}
