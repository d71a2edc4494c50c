import { TasklearnError } from '@tasklearn/core';
import { glorotNormal, glorotUniform } from './glorot.js';
import { heNormal, heUniform } from './he.js';
import type { Initializer } from './initializer.js';
import { normal } from './normal.js';
import { truncatedNormal } from './truncated-normal.js';
import { uniform } from './uniform.js';
import { zeros } from './zeros.js';

/** An initialiser as JSON, for options that a row of results can hold. */
export type InitializerSpec =
  | { readonly name: 'zeros' }
  | { readonly name: 'normal' | 'truncatedNormal'; readonly standardDeviation: number }
  | { readonly name: 'uniform'; readonly limit: number }
  | { readonly name: 'glorotUniform' | 'glorotNormal' | 'heNormal' | 'heUniform' };

function requireAtLeastZero(name: string, key: string, value: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new TasklearnError(
    'INVALID_OPTION',
    `createInitializer: \`${key}\` of '${name}' must be a finite number >= 0, got ${String(value)}.`,
    { option: key, value },
  );
}

/**
 * Makes an initialiser from its JSON form.
 *
 * @throws `INVALID_OPTION` for an unknown name or a value out of range.
 */
export function createInitializer(spec: InitializerSpec): Initializer {
  switch (spec.name) {
    case 'zeros':
      return zeros();
    case 'normal':
      return normal(requireAtLeastZero(spec.name, 'standardDeviation', spec.standardDeviation));
    case 'truncatedNormal':
      return truncatedNormal(requireAtLeastZero(spec.name, 'standardDeviation', spec.standardDeviation));
    case 'uniform':
      return uniform(requireAtLeastZero(spec.name, 'limit', spec.limit));
    case 'glorotUniform':
      return glorotUniform();
    case 'glorotNormal':
      return glorotNormal();
    case 'heNormal':
      return heNormal();
    case 'heUniform':
      return heUniform();
    default:
      throw new TasklearnError(
        'INVALID_OPTION',
        `createInitializer: no initialiser '${String((spec as { name?: unknown }).name)}'. Use zeros, normal, truncatedNormal, uniform, glorotUniform, glorotNormal, heNormal or heUniform.`,
        { option: 'name', value: (spec as { name?: unknown }).name },
      );
  }
}
