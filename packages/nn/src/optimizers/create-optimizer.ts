import {
  type GradientTransformation,
  requireInRange,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  resolveOptions,
} from '@tasklearn/core';
import { adagrad } from './adagrad.js';
import { adam } from './adam.js';
import { adamW } from './adam-w.js';
import { adamax } from './adamax.js';
import { chain } from './chain.js';
import { clipByGlobalNorm } from './clip-by-global-norm.js';
import { clipByValue } from './clip-by-value.js';
import { createSchedule, type ScheduleSpec } from './create-schedule.js';
import { momentum } from './momentum.js';
import type { Rate } from './rate.js';
import { rmsProp } from './rms-prop.js';
import { constant } from './schedules/constant.js';
import { warmUp } from './schedules/warm-up.js';
import { sgd } from './sgd.js';

/** An optimiser as JSON. Fields that a name does not use are refused. */
export interface OptimizerSpec {
  /** Which algorithm. */
  readonly name: 'sgd' | 'momentum' | 'adam' | 'adamW' | 'adamax' | 'rmsProp' | 'adagrad';
  /** η > 0. Default 0.001, and 0.01 for `sgd`, `momentum` and `adagrad`. */
  readonly learningRate?: number;
  /** How η changes with the step. Default: not at all. */
  readonly schedule?: ScheduleSpec;
  /** Steps of a linear start, ≥ 0. Default 0. */
  readonly warmUpSteps?: number;
  /** Largest norm of a gradient; 0, the default, does not clip. */
  readonly clipNorm?: number;
  /** Largest magnitude of a number of a gradient; 0, the default, does not clip. */
  readonly clipValue?: number;
  /** `momentum`: μ in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** `momentum`: Nesterov's form. Default false. */
  readonly nesterov?: boolean;
  /** `adam`, `adamW`, `adamax`: β₁ in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** `adam`, `adamW`, `adamax`: β₂ in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** All but `sgd` and `momentum`: ε > 0. Default 1e-8; 1e-10 for `adagrad`. */
  readonly epsilon?: number;
  /** `adamW`: λ ≥ 0. Default 0.01. */
  readonly weightDecay?: number;
  /** `rmsProp`: ρ in [0, 1). Default 0.9. */
  readonly decay?: number;
  /** `adagrad`: where the sum of squares starts, ≥ 0. Default 0. */
  readonly initialAccumulator?: number;
}

type Name = OptimizerSpec['name'];
type Options = Required<Omit<OptimizerSpec, 'schedule'>> & { readonly schedule: ScheduleSpec | null };

const shared = { schedule: null, warmUpSteps: 0, clipNorm: 0, clipValue: 0 } as const;
const adamDefaults = { ...shared, learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

const defaults: { readonly [Key in Name]: Partial<Options> } = {
  sgd: { ...shared, learningRate: 0.01 },
  momentum: { ...shared, learningRate: 0.01, momentum: 0.9, nesterov: false },
  adam: adamDefaults,
  adamW: { ...adamDefaults, weightDecay: 0.01 },
  adamax: adamDefaults,
  rmsProp: { ...shared, learningRate: 1e-3, decay: 0.9, epsilon: 1e-8 },
  adagrad: { ...shared, learningRate: 0.01, initialAccumulator: 0, epsilon: 1e-10 },
};

const makers: { readonly [Key in Name]: (learningRate: Rate, options: Options) => GradientTransformation } = {
  sgd: (learningRate) => sgd(learningRate),
  momentum: (learningRate, options) => momentum({ ...options, learningRate }),
  adam: (learningRate, options) => adam({ ...options, learningRate }),
  adamW: (learningRate, options) => adamW({ ...options, learningRate }),
  adamax: (learningRate, options) => adamax({ ...options, learningRate }),
  rmsProp: (learningRate, options) => rmsProp({ ...options, learningRate }),
  adagrad: (learningRate, options) => adagrad({ ...options, learningRate }),
};

/** Below 1 by the spacing of float32. */
const BELOW_ONE = 1 - 2 ** -24;

function validate(owner: string, options: Options): void {
  requirePositive(owner, options, 'learningRate');
  requireInteger(owner, options, 'warmUpSteps', 0);
  for (const key of ['clipNorm', 'clipValue', 'weightDecay', 'initialAccumulator'] as const) {
    if (options[key] !== undefined) requireNonNegative(owner, options, key);
  }
  for (const key of ['momentum', 'beta1', 'beta2', 'decay'] as const) {
    if (options[key] !== undefined) requireInRange(owner, options, key, 0, BELOW_ONE);
  }
  if (options.epsilon !== undefined) requirePositive(owner, options, 'epsilon');
}

function rateOf(options: Options): Rate {
  const { learningRate, schedule, warmUpSteps } = options;
  const scheduled = schedule === null ? undefined : createSchedule(schedule, learningRate);
  if (warmUpSteps > 0) return warmUp(warmUpSteps, scheduled ?? constant(learningRate));
  return scheduled ?? learningRate;
}

/**
 * Makes an optimiser from its JSON form, with schedule and clipping.
 *
 * @throws `INVALID_OPTION` for an unknown name or key, or a value out of range.
 *
 * @example
 * ```ts
 * import { createOptimizer } from '@tasklearn/nn';
 *
 * const optimizer = createOptimizer({
 *   name: 'adam',
 *   learningRate: 1e-3,
 *   schedule: { name: 'stepDecay', every: 2000 },
 *   clipNorm: 10,
 * });
 * ```
 */
export function createOptimizer(spec: OptimizerSpec): GradientTransformation {
  const name = requireOneOf('createOptimizer', spec, 'name', Object.keys(defaults) as Name[]);
  const owner = `createOptimizer: ${name}`;
  const options = resolveOptions(owner, { name, ...defaults[name] }, spec) as Options;
  validate(owner, options);
  const clips = [
    ...(options.clipValue > 0 ? [clipByValue(options.clipValue)] : []),
    ...(options.clipNorm > 0 ? [clipByGlobalNorm(options.clipNorm)] : []),
  ];
  const optimizer = makers[name](rateOf(options), options);
  return clips.length === 0 ? optimizer : chain(...clips, optimizer);
}
