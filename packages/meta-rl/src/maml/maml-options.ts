import {
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';

/** Options of `maml-trpo`, `maml` and `promp`. */
export type MamlRlOptions = {
  /** Hidden layers of the policy, tanh. */
  readonly hidden: readonly number[];
  /** log σ of continuous actions at the start, in units of their reach. */
  readonly initialLogDeviation: number;
  /** Tasks per update. */
  readonly tasksPerUpdate: number;
  /** Episodes of each task for every gradient step, and as many to judge the adapted policy by. */
  readonly episodesPerStep: number;
  /** Gradient steps of the inner loop in training, each with new episodes; at test one after every `episodesPerStep` episodes. */
  readonly innerSteps: number;
  /** α > 0. */
  readonly innerRate: number;
  /** α of the second inner step, > 0: the paper halves it. */
  readonly laterRate: number;
  /** Factor of α from each of the later steps to the next, in (0, 1]: 1 keeps `laterRate`, as in the paper. */
  readonly laterFactor: number;
  /** `first` takes inner gradients for constants. */
  readonly order: 'second' | 'first';
  /** γ in [0, 1]. */
  readonly discount: number;
  /** λ of generalised advantages, in [0, 1]. */
  readonly trace: number;
  /** Whether advantages of each task are brought to mean 0 and deviation 1. */
  readonly normalizeAdvantages: boolean;
  /**
   * Credit of the policy before adaptation for what follows: `none`, as in the first implementation; `e-maml`, a term
   * Σ log π_θ(τ) R(τ′); `maml-i`, through an inner surrogate whose second derivative is right.
   */
  readonly credit: 'none' | 'e-maml' | 'maml-i';
  /** Inner surrogate: `log` goes with credit `none` and `e-maml`; `lvc`, `dice` and `ratio` with `maml-i`. */
  readonly surrogate: 'log' | 'lvc' | 'dice' | 'ratio';
  /** Factor of the term of `e-maml`, >= 0. */
  readonly creditWeight: number;
  /** How θ moves: trust region, clipped epochs of Adam, or one step of Adam. */
  readonly outer: 'trpo' | 'ppo' | 'adam';
  /** `trpo`: largest mean KL of the adapted policies, > 0. */
  readonly trustRegion: number;
  /** `trpo`: steps of conjugate gradients. */
  readonly conjugateSteps: number;
  /** `trpo`: added to the Fisher product, >= 0. */
  readonly damping: number;
  /** `trpo`: step lengths tried, each half the last. */
  readonly lineSearchSteps: number;
  /** `ppo`, `adam`: rate of Adam, > 0. */
  readonly outerRate: number;
  /** `ppo`: passes over the data. */
  readonly epochs: number;
  /** `ppo`: clip range, > 0. */
  readonly clip: number;
  /** `ppo`: η >= 0, weight of KL(π_θold ‖ π_θ) on the data from before adaptation. */
  readonly divergenceWeight: number;
};

/** Settings of the 2-D navigation of the MAML paper, with a smaller network. */
export const mamlTrpoDefaults: MamlRlOptions = {
  hidden: [32, 32],
  initialLogDeviation: 0,
  tasksPerUpdate: 20,
  episodesPerStep: 20,
  innerSteps: 1,
  innerRate: 0.1,
  laterRate: 0.05,
  laterFactor: 1,
  order: 'second',
  discount: 0.99,
  trace: 1,
  normalizeAdvantages: true,
  credit: 'none',
  surrogate: 'log',
  creditWeight: 1,
  outer: 'trpo',
  trustRegion: 0.01,
  conjugateSteps: 10,
  damping: 1e-5,
  lineSearchSteps: 6,
  outerRate: 1e-3,
  epochs: 5,
  clip: 0.3,
  divergenceWeight: 0,
};

/** The same with one step of Adam per update. */
export const mamlRlDefaults: MamlRlOptions = { ...mamlTrpoDefaults, outer: 'adam' };

/** ProMP: the likelihood ratio inside, clipped epochs outside, a little KL. */
export const prompDefaults: MamlRlOptions = {
  ...mamlTrpoDefaults,
  credit: 'maml-i',
  surrogate: 'ratio',
  outer: 'ppo',
  divergenceWeight: 5e-4,
};

/** @throws `INVALID_OPTION` where credit and surrogate contradict each other. */
function requireCredit({ credit, surrogate }: MamlRlOptions): void {
  if ((credit === 'maml-i') === (surrogate !== 'log')) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `maml: credit '${credit}' does not go with surrogate '${surrogate}': 'log' has no credit of its own ('none', 'e-maml'), the others are 'maml-i'.`,
    { key: 'surrogate', credit, surrogate },
  );
}

/** Options with the defaults given. @throws `INVALID_OPTION`. */
export function resolveMamlOptions(
  owner: string,
  defaults: MamlRlOptions,
  given: PartialOptions<MamlRlOptions>,
): MamlRlOptions {
  const options = resolveOptions(owner, defaults, given);
  requireIntegers(owner, options, 'hidden');
  const counts = ['tasksPerUpdate', 'episodesPerStep', 'innerSteps', 'conjugateSteps'] as const;
  for (const key of [...counts, 'lineSearchSteps', 'epochs'] as const) requireInteger(owner, options, key);
  for (const key of ['innerRate', 'laterRate', 'trustRegion', 'outerRate', 'clip'] as const)
    requirePositive(owner, options, key);
  requirePositive(owner, options, 'laterFactor');
  for (const key of ['discount', 'trace', 'laterFactor'] as const) requireInRange(owner, options, key, 0, 1);
  for (const key of ['creditWeight', 'damping', 'divergenceWeight'] as const)
    requireNonNegative(owner, options, key);
  requireOneOf(owner, options, 'order', ['second', 'first']);
  requireOneOf(owner, options, 'credit', ['none', 'e-maml', 'maml-i']);
  requireOneOf(owner, options, 'surrogate', ['log', 'lvc', 'dice', 'ratio']);
  requireOneOf(owner, options, 'outer', ['trpo', 'ppo', 'adam']);
  requireCredit(options);
  return options;
}
