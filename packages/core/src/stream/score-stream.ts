import type { HostTensor } from '../tree/tree.js';
import type { StreamSpec } from './stream-learner.js';

/** How a batch was predicted, before its targets were revealed. */
export interface StreamScore {
  /** Mean over its items: −log p(y) of a classification, in nats; squared error of a regression. */
  readonly loss: number;
  /** Share of items classified rightly; absent for a regression. */
  readonly accuracy?: number;
}

/** Scores mean predictions [B, ...]: probabilities of classes, or numbers. */
export function scoreStream(
  spec: Pick<StreamSpec, 'target'>,
  means: HostTensor,
  targets: HostTensor,
): StreamScore {
  const count = targets.shape[0] as number;
  if (spec.target.kind === 'regression') {
    let sum = 0;
    for (let index = 0; index < means.data.length; index += 1)
      sum += ((means.data[index] as number) - (targets.data[index] as number)) ** 2;
    return { loss: sum / count };
  }
  const classes = means.data.length / count;
  let loss = 0;
  let right = 0;
  for (let item = 0; item < count; item += 1) {
    const row = means.data.subarray(item * classes, (item + 1) * classes);
    const label = targets.data[item] as number;
    loss -= Math.log(Math.max(row[label] as number, 1e-30));
    if (row.indexOf(Math.max(...row) as never) === label) right += 1;
  }
  return { loss: loss / count, accuracy: right / count };
}
