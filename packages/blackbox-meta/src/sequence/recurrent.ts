import { requireIntegers, type Tree } from '@tasklearn/core';
import { type CellParameters, gruCell, lstmCell, type RecurrentCell } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { CoreSizes, Memory, StepCore } from '../engine/sequence-core.js';

/** What {@link recurrentCore} is made of. */
export interface RecurrentCoreOptions {
  readonly cell: 'lstm' | 'gru';
  /** Units of each layer, from the input up. */
  readonly layers: readonly number[];
}

const layerName = (index: number) => `layer ${index + 1}`;

/**
 * Stacked recurrent layers that read (x_t, y_t) and carry their state from item to item.
 *
 * @throws `INVALID_OPTION` for sizes that are no integers ≥ 1.
 * @see Hochreiter, Younger, Conwell. Learning to Learn Using Gradient Descent. ICANN 2001.
 */
export function recurrentCore(owner: string, { cell, layers }: RecurrentCoreOptions): StepCore {
  requireIntegers(owner, { layers }, 'layers', 1);
  const make = cell === 'lstm' ? lstmCell : gruCell;
  const cells = ({ itemSize }: CoreSizes): readonly RecurrentCell[] =>
    layers.map((size, index) =>
      make({ inputSize: index === 0 ? itemSize : (layers[index - 1] as number), size }),
    );
  // Sizes of the state do not depend on the item.
  const stateSizes = cells({ itemSize: 1, supportSize: 1 }).map(({ stateSize }) => stateSize);
  return {
    name: owner,
    outputSize: () => layers.at(-1) as number,
    init: (sizes, rng) =>
      Object.fromEntries(cells(sizes).map((each, index) => [layerName(index), each.init(rng.split(index))])),
    start: (_parameters, tasks) =>
      Object.fromEntries(stateSizes.map((size, index) => [layerName(index), tf.zeros([tasks, 1, size])])),
    step(parameters, state, item) {
      const next: Record<string, Tree<Tensor>> = {};
      let h = item; // [T, R, I]
      for (const [index, each] of cells({ itemSize: item.shape[2] as number, supportSize: 1 }).entries()) {
        const own = (parameters as { [name: string]: CellParameters })[layerName(index)] as CellParameters;
        const before = state[layerName(index)] as Tensor;
        const after = each.advance(own, each.project(own, h), before); // [T, R, S]
        next[layerName(index)] = after;
        const [tasks, rows] = after.shape as [number, number];
        h = each.stateSize === each.size ? after : tf.slice(after, [0, 0, 0], [tasks, rows, each.size]);
      }
      return { output: h, state: next as Memory };
    },
  };
}
