import type { EpisodeBatch, EpisodeSpec } from '../episode.js';
import type { HostTensor } from '../tree/tree.js';

/** How a learner did on one episode. */
export interface EpisodeResult {
  /** The episode's index in its split. */
  readonly index: number;
  /** What the score is: share of query items classified rightly, or mean squared error over query items. */
  readonly metric: 'accuracy' | 'squaredError';
  readonly score: number;
  /** Mean of −log p(y | x, φ) over query items, nats. */
  readonly loss: number;
  /** Class probabilities [Q, N], or means [Q, ...target.shape]. */
  readonly means: HostTensor;
  /** −log p(y | x, φ) of each query item, [Q]. */
  readonly losses: Float32Array;
  /** Entropy of each prediction in nats, [Q]; absent where it has no closed form. */
  readonly entropies?: Float32Array;
  /** The query targets: int32 [Q], or float32 [Q, ...target.shape]. */
  readonly targets: HostTensor;
}

/** Predictions for a batch of episodes, on the host. */
export type BatchPredictions = {
  /** [T, Q, N] or [T, Q, ...target.shape]. */
  readonly means: HostTensor;
  /** log p(y | x, φ), [T, Q]. */
  readonly logProbabilities: HostTensor;
  /** [T, Q]. */
  readonly entropies?: HostTensor;
};

/**
 * Scores one episode of a batch.
 *
 * @param task - position in the batch, in [0, T).
 * @param index - the episode's index in its split.
 * @returns a result that shares no memory with its arguments.
 */
export function scoreEpisode(
  spec: EpisodeSpec,
  query: EpisodeBatch<HostTensor>['query'],
  predictions: BatchPredictions,
  task: number,
  index: number,
): EpisodeResult {
  const targets = taskOf(query.targets, task);
  const means = taskOf(predictions.means, task);
  const losses = (taskOf(predictions.logProbabilities, task).data as Float32Array).map((value) => -value);
  const mask = query.mask === undefined ? undefined : taskOf(query.mask, task).data;
  const classification = spec.target.kind === 'classification';
  const scores = (classification ? hits : squaredErrors)(means, targets);
  return {
    index,
    metric: classification ? 'accuracy' : 'squaredError',
    score: maskedMean(scores, mask),
    loss: maskedMean(losses, mask),
    means,
    losses,
    ...(predictions.entropies === undefined
      ? {}
      : { entropies: taskOf(predictions.entropies, task).data as Float32Array }),
    targets,
  };
}

/** One task's part of a tensor with a leading task axis; a copy. */
function taskOf({ dtype, shape, data }: HostTensor, task: number): HostTensor {
  const size = data.length / (shape[0] as number);
  return { dtype, shape: shape.slice(1), data: data.slice(task * size, (task + 1) * size) };
}

/** 1 where the most probable class is the right one; ties go to the lowest class. */
function hits(means: HostTensor, targets: HostTensor): Float64Array {
  const classes = means.shape[1] as number;
  return Float64Array.from(targets.data, (target, item) => {
    const row = means.data.subarray(item * classes, (item + 1) * classes);
    let best = 0;
    for (let label = 1; label < classes; label++) {
      if ((row[label] as number) > (row[best] as number)) best = label;
    }
    return best === target ? 1 : 0;
  });
}

/** Mean over the target's components of (mean − y)², per item. */
function squaredErrors(means: HostTensor, targets: HostTensor): Float64Array {
  const items = targets.shape[0] as number;
  const width = targets.data.length / items;
  return Float64Array.from({ length: items }, (_, item) => {
    let sum = 0;
    for (let at = item * width; at < (item + 1) * width; at++) {
      sum += ((means.data[at] as number) - (targets.data[at] as number)) ** 2;
    }
    return sum / width;
  });
}

function maskedMean(values: ArrayLike<number>, mask: ArrayLike<number> | undefined): number {
  let [sum, weight] = [0, 0];
  for (let item = 0; item < values.length; item++) {
    const counts = mask?.[item] ?? 1;
    if (counts === 0) continue; // Padding may hold anything, NaN included.
    sum += counts * (values[item] as number);
    weight += counts;
  }
  return sum / weight;
}
