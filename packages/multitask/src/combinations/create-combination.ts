import type { GradientCombination } from '@tasklearn/core';
import { requireOneOf } from '@tasklearn/core';
import { cagrad } from './cagrad.js';
import { dynamicWeightAverage } from './dynamic-weight-average.js';
import { gradNorm } from './grad-norm.js';
import { mgda } from './mgda.js';
import { pcgrad } from './pcgrad.js';
import { sum } from './sum.js';
import { uncertaintyWeighting } from './uncertainty-weighting.js';

/** A way to combine tasks, as JSON. Fields that a name does not use are not looked at. */
export type CombinationOptions = {
  readonly name:
    | 'sum'
    | 'uncertainty'
    | 'dynamicWeightAverage'
    | 'gradNorm'
    | 'mgda'
    | 'pcgrad'
    | 'pcgradDirection'
    | 'pcgradMagnitude'
    | 'cagrad';
  /** Step of the weights: `uncertainty`, `gradNorm`. */
  readonly rate: number;
  /** τ of `dynamicWeightAverage`. */
  readonly temperature: number;
  /** Updates per period of `dynamicWeightAverage`. */
  readonly period: number;
  /** α of `gradNorm`. */
  readonly asymmetry: number;
  /** c of `cagrad`. */
  readonly radius: number;
  /** Scale of the gradients of `mgda`. */
  readonly scale: 'none' | 'norm' | 'loss';
};

/** The plain sum; the other fields are the papers'. */
export const combinationDefaults: CombinationOptions = {
  name: 'sum',
  rate: 0.025,
  temperature: 2,
  period: 100,
  asymmetry: 1.5,
  radius: 0.4,
  scale: 'none',
};

const makers: Readonly<
  Record<CombinationOptions['name'], (options: CombinationOptions) => GradientCombination>
> = {
  sum: () => sum(),
  uncertainty: ({ rate }) => uncertaintyWeighting({ rate }),
  dynamicWeightAverage: ({ temperature, period }) => dynamicWeightAverage({ temperature, period }),
  gradNorm: ({ asymmetry, rate }) => gradNorm({ asymmetry, rate }),
  mgda: ({ scale }) => mgda({ scale }),
  pcgrad: () => pcgrad(),
  pcgradDirection: () => pcgrad('direction'),
  pcgradMagnitude: () => pcgrad('magnitude'),
  cagrad: ({ radius }) => cagrad({ radius }),
};

/** The combination of a learner's options. @throws `INVALID_OPTION`. */
export function createCombination(owner: string, options: CombinationOptions): GradientCombination {
  requireOneOf(owner, options, 'name', Object.keys(makers));
  requireOneOf(owner, options, 'scale', ['none', 'norm', 'loss']);
  return makers[options.name](options);
}
