import {
  requireInRange,
  requireIntegers,
  requireNonNegative,
  requireOneOf,
  requirePositive,
} from '@tasklearn/core';
import { type OffPolicyLoop, requireLoop } from '../off-policy/off-policy-loop.js';

/** Options that every off-policy learner has, beside those of its loop. */
export type OffPolicyNetworkOptions = OffPolicyLoop & {
  /** Units of each hidden layer of every network. */
  readonly hidden: readonly number[];
  /** After every hidden layer. */
  readonly activation: 'relu' | 'tanh' | 'elu' | 'gelu' | 'swish';
  /** Of Adam; the critics' where there are actor and critics. */
  readonly learningRate: number;
  /** Largest norm of a gradient; 0 does not clip. */
  readonly clipNorm: number;
  /** τ of the target networks. */
  readonly targetRate: number;
  /** What agents do: draw from the policy or take its mode. */
  readonly evaluation: 'sample' | 'mode';
};

/** @throws `INVALID_OPTION` for a value out of range. */
export function requireNetworkOptions(owner: string, options: OffPolicyNetworkOptions): void {
  requireLoop(owner, options);
  requireIntegers(owner, options, 'hidden');
  requireOneOf(owner, options, 'activation', ['relu', 'tanh', 'elu', 'gelu', 'swish']);
  requirePositive(owner, options, 'learningRate');
  requireNonNegative(owner, options, 'clipNorm');
  requireInRange(owner, options, 'targetRate', 0, 1);
  requirePositive(owner, options, 'targetRate');
  requireOneOf(owner, options, 'evaluation', ['sample', 'mode']);
}
