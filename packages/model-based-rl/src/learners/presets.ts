import { type PartialOptions, resolveOptions } from '@tasklearn/core';
import { type ModelBasedOptions, modelBasedDefaults } from './model-based-options.js';

function preset(name: string, options: PartialOptions<ModelBasedOptions>): ModelBasedOptions {
  return resolveOptions(name, modelBasedDefaults, options);
}

/** An ensemble, the cross-entropy method, replanning at every step, data aggregated: "version 2". */
export const modelPredictiveControlDefaults: ModelBasedOptions = modelBasedDefaults;

/** The same with the simplest planner. */
export const randomShootingDefaults: ModelBasedOptions = preset('random-shooting', {
  planner: { kind: 'random-shooting', candidates: 500, iterations: 1 },
  control: { horizon: 10 },
});

/** One deterministic model and the cross-entropy method. */
export const crossEntropyDefaults: ModelBasedOptions = preset('cem', {
  model: { members: 1 },
  planner: { candidates: 200, elites: 20, iterations: 4 },
});

/** Probabilistic ensemble with trajectory sampling: 5 members, 20 particles dealt anew at every step. */
export const petsDefaults: ModelBasedOptions = preset('pets', {
  model: { head: 'gaussian', members: 5 },
  control: { sampling: 'ts1', particles: 4 },
});

/** Deep dynamics models: an ensemble of three and filtered reward-weighted refinement. */
export const pddmDefaults: ModelBasedOptions = preset('pddm', {
  model: { members: 3 },
  planner: { kind: 'path-integral', candidates: 200, iterations: 1, deviation: 0.9 },
  control: { horizon: 7 },
});

/** Of all learners of changing dynamics: one network, windows of 16 and 16. */
const adaptive = {
  model: { members: 1, hidden: [64, 64], activation: 'relu' },
  outcomes: { termination: 'ignored' },
  planner: { kind: 'cross-entropy', candidates: 100, elites: 10, iterations: 3 },
  control: { horizon: 10 },
  data: { initialEpisodes: 16, episodesPerUpdate: 16 },
  fit: { steps: 1000, batchSize: 64 },
} as const satisfies PartialOptions<ModelBasedOptions>;

/** One model for all dynamics, which does not adapt. */
export const mbMpcDefaults: ModelBasedOptions = preset('mb-mpc', {
  ...adaptive,
  adaptation: { kind: 'none', forced: true },
});

/** The same, tuned to the last transitions by gradient descent. */
export const mbMpcFineTunedDefaults: ModelBasedOptions = preset('mb-mpc-fine-tuned', {
  ...adaptive,
  adaptation: { kind: 'fine-tune', support: 16, innerRate: 0.01 },
});

/** A model trained to be adapted by one gradient step. */
export const grbalDefaults: ModelBasedOptions = preset('grbal', {
  ...adaptive,
  adaptation: { kind: 'gradient', support: 16, query: 16, innerRate: 0.05 },
});

/** A recurrent model whose state sums up the last transitions. */
export const rebalDefaults: ModelBasedOptions = preset('rebal', {
  ...adaptive,
  adaptation: { kind: 'recurrent', support: 16, query: 16, cell: 'gru', units: 64 },
});
