import { createRng, type Stream } from '@tasklearn/core';
import { type ChangePointAgent, mixtureLogProbability } from '@tasklearn/lifelong';

/** What one step of a lifetime was worth. */
export interface LivedStep {
  readonly task: number;
  readonly negativeLogLikelihood: number;
  /** 1 where the class was right, or the squared error. */
  readonly score: number;
  /** b(r) before the target was known. */
  readonly weights: readonly number[];
}

/** Lives a lifetime: the whole predictive is asked for before the target is shown. */
export async function live(agent: ChangePointAgent, stream: Stream, told: boolean): Promise<LivedStep[]> {
  const rng = createRng(0);
  const steps: LivedStep[] = [];
  let state = agent.begin(rng);
  for (let t = 0; t < stream.length; t += 1) {
    const { inputs, targets, task } = stream.step(t);
    const step = told ? { inputs, taskLabel: task } : { inputs };
    const prediction = await agent.predictMixture(state, step, rng);
    const { weights, means, deviations } = prediction;
    const size = means.length / weights.length;
    const mean = Array.from({ length: size }, (_, axis) =>
      weights.reduce((sum, weight, run) => sum + weight * (means[run * size + axis] as number), 0),
    );
    const label = targets.data[0] as number;
    const score =
      deviations === undefined
        ? Number(mean.indexOf(Math.max(...mean)) === label)
        : mean.reduce((sum, value, axis) => sum + (value - (targets.data[axis] as number)) ** 2, 0);
    const negativeLogLikelihood = -mixtureLogProbability(prediction, targets.data);
    steps.push({ task, negativeLogLikelihood, score, weights });
    state = await agent.observe(state, step, targets, rng);
  }
  return steps;
}
