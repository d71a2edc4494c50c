import { requireNonNegative, requireOneOf, resolveOptions } from '@tasklearn/core';
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

const withoutOptions = { zeros, glorotUniform, glorotNormal, heNormal, heUniform } as const;
const names = [
  'normal',
  'truncatedNormal',
  'uniform',
  ...Object.keys(withoutOptions),
] as InitializerSpec['name'][];

function owner(name: string): string {
  return `createInitializer: ${name}`;
}

/**
 * Makes an initialiser from its JSON form.
 *
 * @throws `INVALID_OPTION` for an unknown name or key, or a value out of range.
 */
export function createInitializer(spec: InitializerSpec): Initializer {
  const name = requireOneOf('createInitializer', spec, 'name', names);
  if (name === 'normal' || name === 'truncatedNormal') {
    const options = resolveOptions(owner(name), { name, standardDeviation: Number.NaN }, spec);
    const deviation = requireNonNegative(owner(name), options, 'standardDeviation');
    return name === 'normal' ? normal(deviation) : truncatedNormal(deviation);
  }
  if (name === 'uniform') {
    const options = resolveOptions(owner(name), { name, limit: Number.NaN }, spec);
    return uniform(requireNonNegative(owner(name), options, 'limit'));
  }
  resolveOptions(owner(name), { name }, spec);
  return withoutOptions[name]();
}
