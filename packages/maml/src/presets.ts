import type { PartialOptions } from '@tasklearn/core';
import type { MamlOptions } from './maml-options.js';

/** Settings of published experiments, as options of `maml`. */
export const mamlPresets = {
  /** Finn et al. 2017, section 5.1: 2 x 40 ReLU, K = 10; 25 tasks per update, 70,000 updates. */
  sinusoid: { innerLearningRate: 0.01, innerSteps: 1, testSteps: 10, model: { hidden: [40, 40] } },
  /** Finn et al. 2017, appendix A.1, Omniglot 5-way: 32 tasks per update, 60,000 updates. */
  omniglot5Way: { innerLearningRate: 0.4, innerSteps: 1, testSteps: 3, model: { filters: 64 } },
  /** Finn et al. 2017, appendix A.1, Omniglot 20-way: 16 tasks per update, 60,000 updates. */
  omniglot20Way: { innerLearningRate: 0.1, innerSteps: 5, testSteps: 5, model: { filters: 64 } },
} as const satisfies Readonly<Record<string, PartialOptions<MamlOptions>>>;
