import { definePlugin } from '@tasklearn/core';
import { continuousDistributions } from './continuous-distributions.js';
import { discreteDistributions } from './discrete-distributions.js';
import { VERSION } from './version.js';

/** Distributions of control tasks. */
export const environmentsPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/environments',
  version: VERSION,
  distributions: { ...discreteDistributions, ...continuousDistributions },
});
