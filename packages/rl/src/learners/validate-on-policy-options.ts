import { requireInRange, requireInteger, requireIntegers, requireOneOf } from '@tasklearn/core';
import { activationOf } from '@tasklearn/nn';
import type { OnPolicyOptions } from './on-policy-algorithm.js';

/**
 * Checks the options that all on-policy learners have.
 *
 * @param owner - the learner, for messages.
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function validateOnPolicyOptions(owner: string, options: OnPolicyOptions): void {
  requireInteger(owner, options, 'copies');
  requireInRange(owner, options, 'gamma', 0, 1);
  requireInRange(owner, options, 'lambda', 0, 1);
  requireOneOf(owner, options, 'evaluation', ['mode', 'sample']);
  const network = options.network;
  requireIntegers(owner, network, 'hidden');
  activationOf(network.activation);
  requireOneOf(owner, network, 'family', ['gaussian', 'tanhGaussian']);
  requireOneOf(owner, network, 'deviation', ['parameter', 'network']);
  requireOneOf(owner, network, 'memory', ['none', 'gru', 'lstm', 'rnn']);
  requireInteger(owner, network, 'memorySize');
}
