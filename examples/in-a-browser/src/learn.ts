import {
  createRng,
  type EpisodeResult,
  type EpisodicDistribution,
  type Executor,
  evaluateEpisodes,
  type HostTensor,
  metaTrain,
  type Tree,
} from '@tasklearn/core';
import { createProtonet } from '@tasklearn/protonets';

/** What a run in a page came to. */
export interface PageResult {
  /** Accuracy over test episodes before meta-training. */
  readonly untrained: number;
  /** Accuracy over the same episodes after it. */
  readonly trained: number;
  /** The first of those episodes. */
  readonly first: EpisodeResult;
  /** Name of the executor, e.g. `compiled (onnxruntime-web, cpu)`. */
  readonly name: string;
}

const learner = createProtonet({ model: { filters: 16 } });

/** Mean accuracy of θ over the first test episodes. */
async function accuracy(
  theta: Tree<HostTensor>,
  distribution: EpisodicDistribution,
  executor: Executor,
  seed: number,
  episodes: number,
): Promise<{ readonly mean: number; readonly results: readonly EpisodeResult[] }> {
  const results = await evaluateEpisodes({
    learner,
    theta,
    distribution,
    executor,
    split: 'test',
    count: episodes,
    tasksPerBatch: 10,
    rng: createRng(seed).split('test'),
  });
  return { mean: results.reduce((sum, { score }) => sum + score, 0) / results.length, results };
}

/** Meta-trains for so many updates, telling its progress, and tests before and after on scripts never seen. */
export async function learn(
  distribution: EpisodicDistribution,
  executor: Executor,
  { updates, seed, episodes }: { readonly updates: number; readonly seed: number; readonly episodes: number },
  onProgress: (update: number, loss: number) => void,
): Promise<PageResult> {
  const run = async (count: number) => {
    let theta: Tree<HostTensor> = {};
    const events = metaTrain({ learner, distribution, executor, seed, updates: count, tasksPerUpdate: 4 });
    for await (const event of events) {
      if (event.kind === 'update') onProgress(event.update, event.loss ?? Number.NaN);
      if (event.kind === 'finished') theta = event.theta;
    }
    return theta;
  };
  const before = await run(0);
  const theta = await run(updates);
  const untrained = await accuracy(before, distribution, executor, seed, episodes);
  const trained = await accuracy(theta, distribution, executor, seed, episodes);
  const [first] = trained.results as [EpisodeResult];
  return { untrained: untrained.mean, trained: trained.mean, first, name: executor.name };
}
