import { mapTree, type Tree, zipTrees } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Memory, SequenceCore, StepCore } from './sequence-core.js';

/** The next state where the item counts, the one before where it does not. */
function keepWhereMasked(before: Memory, after: Memory, counts: Tensor): Memory {
  return zipTrees(
    (old: Tensor, next: Tensor) => {
      const m = counts.reshape([counts.size, ...Array<number>(old.rank - 1).fill(1)]); // [T, 1, ...]
      return old.add(m.mul(next.sub(old)));
    },
    before as Tree<Tensor>,
    after as Tree<Tensor>,
  ) as Memory;
}

/** A state [T, 1, ...] for R answers at once, [T, R, ...]. */
function forAnswers(state: Memory, answers: number): Memory {
  return mapTree(state as Tree<Tensor>, (leaf: Tensor) =>
    tf.tile(leaf, [1, answers, ...Array<number>(leaf.rank - 2).fill(1)]),
  ) as Memory;
}

/** A core that steps, as one that reads a whole support set: the items in order, then every query from
 * the same state, or one query after another. */
export function scanning(core: StepCore): SequenceCore {
  return {
    name: core.name,
    outputSize: core.outputSize,
    init: core.init,
    observe(parameters, items, mask) {
      const [tasks, length, size] = items.shape as [number, number, number];
      let state = core.start(parameters, tasks);
      for (let index = 0; index < length; index += 1) {
        const item = tf.slice(items, [0, index, 0], [tasks, 1, size]); // [T, 1, I]
        const next = core.step(parameters, state, item).state;
        state =
          mask === undefined ? next : keepWhereMasked(state, next, tf.slice(mask, [0, index], [tasks, 1]));
      }
      return state;
    },
    answer: (parameters, memory, queries) =>
      core.step(parameters, forAnswers(memory, queries.shape[1] as number), queries).output,
    follow(parameters, memory, items) {
      const [tasks, length, size] = items.shape as [number, number, number];
      let state = memory;
      const outputs: Tensor[] = [];
      for (let index = 0; index < length; index += 1) {
        const next = core.step(parameters, state, tf.slice(items, [0, index, 0], [tasks, 1, size]));
        state = next.state;
        outputs.push(next.output); // [T, 1, D]
      }
      return tf.concat(outputs, 1);
    },
  };
}
