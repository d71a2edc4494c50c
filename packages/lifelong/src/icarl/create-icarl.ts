import { type PartialOptions, requireInteger, type StreamLearner, TasklearnError } from '@tasklearn/core';
import { optimizerFor } from '@tasklearn/nn';
import { type LifelongOptions, lifelongDefaults, resolveLifelong } from '../lifelong-options.js';
import { type IcarlState, openIcarlAgent } from './icarl-agent.js';

/** Options of `icarl`. */
export type IcarlOptions = LifelongOptions & {
  /** M, exemplars of all classes together. */
  readonly size: number;
  /** Items of the task at hand from which exemplars are chosen when it ends; they are kept until then. */
  readonly candidates: number;
  /** Exemplars in every batch, beside the new items. */
  readonly replay: number;
};

/** 2,000 exemplars, chosen among 1,000 items of a task, ten beside every batch. */
export const icarlDefaults: IcarlOptions = { ...lifelongDefaults, size: 2000, candidates: 1000, replay: 10 };

/**
 * iCaRL: learns features by distillation on new items and exemplars, chooses exemplars by herding, and classifies by the nearest
 * mean of exemplars. Probabilities are a softmax of minus squared distances.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Rebuffi, Kolesnikov, Sperl, Lampert. iCaRL: Incremental Classifier and Representation Learning. CVPR 2017. arXiv:1611.07725.
 */
export function createIcarl(options: PartialOptions<IcarlOptions> = {}): StreamLearner<IcarlState> {
  const all = resolveLifelong('icarl', icarlDefaults, options);
  for (const key of ['iterations', 'size', 'candidates', 'replay'] as const)
    requireInteger('icarl', all, key);
  const { network, iterations, size, candidates, replay } = all;
  const optimizer = optimizerFor(all.optimizer);
  return {
    kind: 'stream',
    needs: () => ({ taskLabels: 'learning', storage: size + candidates, metaTraining: false }),
    async openAgent(_parameters, { spec, executor }) {
      if (spec.target.kind !== 'classification') {
        throw new TasklearnError(
          'UNSUPPORTED_TASK',
          'icarl: keeps exemplars of classes, and this stream is a regression. Choose another learner.',
          { target: spec.target.kind },
        );
      }
      const parts = { network, optimizer, iterations, size, candidates, replay };
      return openIcarlAgent(parts, spec, executor);
    },
  };
}
