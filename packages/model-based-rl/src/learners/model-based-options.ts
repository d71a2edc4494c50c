import {
  requireInRange,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requireOneOf,
  requirePositive,
} from '@tasklearn/core';

/** Every choice of a model-based learner; JSON. */
export interface ModelBasedOptions {
  /** The model of dynamics. */
  readonly model: {
    /** A perceptron, or random features solved exactly. */
    readonly kind: 'mlp' | 'random-features';
    readonly head: 'deterministic' | 'gaussian';
    /** Members of the ensemble. */
    readonly members: number;
    readonly hidden: readonly number[];
    readonly activation: 'relu' | 'swish' | 'tanh';
    /** `random-features`: their number. */
    readonly features: number;
    /** `random-features`: the length over which the model may bend, in normalised units. */
    readonly bandwidth: number;
    /** `random-features`: λ of the ridge. */
    readonly regularization: number;
    /** Indices of the observation that tell nothing of its changes, such as positions: the model does not see them. */
    readonly ignores: readonly number[];
  };
  /** What is known or learnt besides the dynamics. */
  readonly outcomes: {
    /** `known`: the environment's law of reward; `learned`: regressed from what was received. */
    readonly reward: 'known' | 'learned';
    /** Whether it learns when episodes terminate. */
    readonly termination: 'learned' | 'ignored';
    readonly hidden: readonly number[];
  };
  /** How the model follows changing dynamics. */
  readonly adaptation: {
    readonly kind: 'none' | 'fine-tune' | 'gradient' | 'recurrent';
    /** M, transitions looked back on. */
    readonly support: number;
    /** K, transitions that training judges the adapted model on. */
    readonly query: number;
    /** Inner gradient steps. */
    readonly steps: number;
    /** Inner learning rate, at first. */
    readonly innerRate: number;
    /** Whether inner rates are learnt, one per layer. */
    readonly learnRates: boolean;
    readonly cell: 'gru' | 'lstm';
    /** Units of the cell. */
    readonly units: number;
    /** `none`: whether one model is used for tasks whose dynamics differ, which is refused otherwise. */
    readonly forced: boolean;
  };
  /** What optimises the plan. */
  readonly planner: {
    readonly kind: 'random-shooting' | 'cross-entropy' | 'path-integral' | 'gradient-ascent';
    /** Action sequences per iteration (restarts, for gradient ascent). */
    readonly candidates: number;
    readonly elites: number;
    readonly iterations: number;
    readonly deviation: number;
    readonly minimumDeviation: number;
    readonly smoothing: number;
    readonly executes: 'best' | 'mean';
    /** `path-integral`: β. */
    readonly filter: number;
    /** `path-integral`: κ. */
    readonly sharpness: number;
    /** `gradient-ascent`: of Adam. */
    readonly learningRate: number;
  };
  /** What is planned, and how often. */
  readonly control: {
    /** H; 0 for the whole episode. */
    readonly horizon: number;
    /** Steps executed before planning again: 1 is model-predictive control; 0 executes the plan to its end. */
    readonly replanEvery: number;
    readonly discount: number;
    readonly sampling: 'mean' | 'tsInfinity' | 'ts1';
    /** Particles per member. */
    readonly particles: number;
  };
  /** Where the data come from. */
  readonly data: {
    /** Random episodes before the first fit. */
    readonly initialEpisodes: number;
    /** Episodes per update after it, one task each. */
    readonly episodesPerUpdate: number;
    /** `plan`: the planner's own episodes are added; `random`: random ones. */
    readonly policy: 'plan' | 'random';
  };
  /** How the model is fitted. */
  readonly fit: {
    /** Steps of Adam after each collection. */
    readonly steps: number;
    /** Transitions, or windows, per step. */
    readonly batchSize: number;
    readonly learningRate: number;
    /** Largest norm of a gradient; 0 does not clip. */
    readonly clipNorm: number;
    /** Checks of the held-out loss without improvement before a fit stops early; 0 never stops. */
    readonly patience: number;
  };
}

/** Complete defaults: an ensemble planned through by the cross-entropy method, at every step, on its own data. */
export const modelBasedDefaults: ModelBasedOptions = {
  model: {
    kind: 'mlp',
    head: 'deterministic',
    members: 5,
    hidden: [64, 64],
    activation: 'swish',
    features: 300,
    bandwidth: 2,
    regularization: 1e-4,
    ignores: [],
  },
  outcomes: { reward: 'known', termination: 'learned', hidden: [32] },
  adaptation: {
    kind: 'none',
    support: 16,
    query: 16,
    steps: 1,
    innerRate: 0.01,
    learnRates: true,
    cell: 'gru',
    units: 64,
    forced: false,
  },
  planner: {
    kind: 'cross-entropy',
    candidates: 100,
    elites: 10,
    iterations: 3,
    deviation: 0.5,
    minimumDeviation: 0.05,
    smoothing: 0.1,
    executes: 'mean',
    filter: 0.6,
    sharpness: 20,
    learningRate: 0.1,
  },
  control: { horizon: 15, replanEvery: 1, discount: 1, sampling: 'mean', particles: 1 },
  data: { initialEpisodes: 1, episodesPerUpdate: 1, policy: 'plan' },
  fit: { steps: 500, batchSize: 64, learningRate: 1e-3, clipNorm: 0, patience: 0 },
};

/** @throws `INVALID_OPTION` for the first value out of range; parts check the rest where they are made. */
export function validateModelBasedOptions(owner: string, options: ModelBasedOptions): void {
  const { model, outcomes, adaptation, planner, control, data, fit } = options;
  requireOneOf(owner, model, 'kind', ['mlp', 'random-features']);
  requireOneOf(owner, model, 'head', ['deterministic', 'gaussian']);
  requireInteger(owner, model, 'members', 1, 64);
  requireOneOf(owner, model, 'activation', ['relu', 'swish', 'tanh']);
  requireIntegers(owner, model, 'hidden');
  requireInteger(owner, model, 'features');
  requirePositive(owner, model, 'bandwidth');
  requirePositive(owner, model, 'regularization');
  requireIntegers(owner, model, 'ignores', 0);
  requireOneOf(owner, outcomes, 'reward', ['known', 'learned']);
  requireOneOf(owner, outcomes, 'termination', ['learned', 'ignored']);
  requireIntegers(owner, outcomes, 'hidden');
  requireOneOf(owner, adaptation, 'kind', ['none', 'fine-tune', 'gradient', 'recurrent']);
  for (const key of ['support', 'query', 'steps', 'units'] as const) requireInteger(owner, adaptation, key);
  requireNonNegative(owner, adaptation, 'innerRate');
  requireOneOf(owner, adaptation, 'cell', ['gru', 'lstm']);
  requireOneOf(owner, planner, 'kind', [
    'random-shooting',
    'cross-entropy',
    'path-integral',
    'gradient-ascent',
  ]);
  requireInteger(owner, planner, 'candidates');
  requireInteger(owner, planner, 'elites');
  requireInteger(owner, planner, 'iterations');
  for (const key of ['deviation', 'learningRate', 'filter'] as const) requirePositive(owner, planner, key);
  for (const key of ['minimumDeviation', 'sharpness'] as const) requireNonNegative(owner, planner, key);
  requireInRange(owner, planner, 'smoothing', 0, 0.999);
  requireOneOf(owner, planner, 'executes', ['best', 'mean']);
  requireInteger(owner, control, 'horizon', 0);
  requireInteger(owner, control, 'replanEvery', 0);
  requireInRange(owner, control, 'discount', 1e-6, 1);
  requireOneOf(owner, control, 'sampling', ['mean', 'tsInfinity', 'ts1']);
  requireInteger(owner, control, 'particles');
  requireInteger(owner, data, 'initialEpisodes');
  requireInteger(owner, data, 'episodesPerUpdate');
  requireOneOf(owner, data, 'policy', ['plan', 'random']);
  requireInteger(owner, fit, 'steps');
  requireInteger(owner, fit, 'batchSize');
  requirePositive(owner, fit, 'learningRate');
  requireNonNegative(owner, fit, 'clipNorm');
  requireInteger(owner, fit, 'patience', 0);
}
