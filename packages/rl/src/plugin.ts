import { definePlugin } from '@tasklearn/core';
import { VERSION } from './version.js';

/** Single-task reinforcement learning: baselines, and parts for the learners of other packages. */
export const rlPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@tasklearn/rl',
  version: VERSION,
  learners: {},
});
