import {
  createRng,
  type EpisodeResult,
  type EpisodicDistribution,
  type EpisodicLearner,
  type Executor,
  evaluateEpisodes,
  type HostTensor,
  metaTrain,
  type Tree,
} from '@tasklearn/core';

/** How a learner is trained. */
export interface TrainingRun {
  readonly learner: EpisodicLearner;
  readonly distribution: EpisodicDistribution;
  readonly executor: Executor;
  readonly seed: number;
  readonly updates: number;
  readonly tasksPerUpdate: number;
}

/** θ after so many updates. */
export async function trained(run: TrainingRun): Promise<Tree<HostTensor>> {
  for await (const event of metaTrain(run)) if (event.kind === 'finished') return event.theta;
  throw new Error('Training ended without an end.');
}

/** Results on `count` test episodes, the same for every learner. */
export function tested(
  { learner, executor }: Pick<TrainingRun, 'learner' | 'executor'>,
  theta: Tree<HostTensor>,
  distribution: EpisodicDistribution,
  count: number,
): Promise<EpisodeResult[]> {
  const rng = createRng('test');
  return evaluateEpisodes({
    learner,
    theta,
    distribution,
    executor,
    split: 'test',
    count,
    tasksPerBatch: Math.min(count, 50),
    rng,
  });
}
