import {
  requireInRange,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  resolveOptions,
} from '@tasklearn/core';
import type { Schedule } from './rate.js';
import { constant } from './schedules/constant.js';
import { cosine } from './schedules/cosine.js';
import { exponentialDecay } from './schedules/exponential-decay.js';
import { slantedTriangular } from './schedules/slanted-triangular.js';
import { stepDecay } from './schedules/step-decay.js';

/** A schedule as JSON; the learning rate that it starts from (`slantedTriangular`: peaks at) is given beside it. */
export type ScheduleSpec =
  | { readonly name: 'constant' }
  | { readonly name: 'stepDecay'; readonly every: number; readonly factor?: number }
  | { readonly name: 'exponentialDecay'; readonly factor: number; readonly every?: number }
  | { readonly name: 'cosine'; readonly steps: number; readonly final?: number }
  | {
      readonly name: 'slantedTriangular';
      readonly steps: number;
      readonly cutFraction?: number;
      readonly ratio?: number;
    };

const makers: {
  readonly [Name in ScheduleSpec['name']]: (owner: string, rate: number, spec: object) => Schedule;
} = {
  constant(owner, rate, spec) {
    resolveOptions(owner, { name: '' }, spec);
    return constant(rate);
  },
  stepDecay(owner, initial, spec) {
    const options = resolveOptions(owner, { name: '', every: 0, factor: 0.5 }, spec);
    const every = requireInteger(owner, options, 'every');
    return stepDecay({ initial, every, factor: requirePositive(owner, options, 'factor') });
  },
  exponentialDecay(owner, initial, spec) {
    const options = resolveOptions(owner, { name: '', factor: 0, every: 1 }, spec);
    const every = requirePositive(owner, options, 'every');
    return exponentialDecay({ initial, every, factor: requirePositive(owner, options, 'factor') });
  },
  cosine(owner, initial, spec) {
    const options = resolveOptions(owner, { name: '', steps: 0, final: 0 }, spec);
    const steps = requireInteger(owner, options, 'steps');
    return cosine({ initial, steps, final: requireNonNegative(owner, options, 'final') });
  },
  slantedTriangular(owner, peak, spec) {
    const options = resolveOptions(owner, { name: '', steps: 0, cutFraction: 0.1, ratio: 32 }, spec);
    const steps = requireInteger(owner, options, 'steps', 2);
    const cutFraction = requireInRange(owner, options, 'cutFraction', 0, 0.99);
    return slantedTriangular({ peak, steps, cutFraction, ratio: requirePositive(owner, options, 'ratio') });
  },
};

/**
 * Makes a schedule from its JSON form.
 *
 * @param learningRate - what it starts from, or peaks at.
 * @throws `INVALID_OPTION` for an unknown name or key, or a value out of range.
 */
export function createSchedule(spec: ScheduleSpec, learningRate: number): Schedule {
  const names = Object.keys(makers) as ScheduleSpec['name'][];
  const name = requireOneOf('createSchedule', spec, 'name', names);
  return makers[name](`createSchedule: ${name}`, learningRate, spec);
}
