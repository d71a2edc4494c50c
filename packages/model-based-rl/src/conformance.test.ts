import { controlLearnerChecks, pluginChecks, trivialControlDistribution } from '@tasklearn/conformance';
import { eagerExecutor } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { describe, it } from 'vitest';
import { modelBasedRlPlugin } from './plugin.js';

describe('plugin', () => {
  for (const check of pluginChecks(modelBasedRlPlugin)) it(check.name, check.run);
});

const small = {
  model: { hidden: [16] },
  outcomes: { hidden: [8] },
  adaptation: { support: 2, query: 2, units: 8 },
  planner: { candidates: 12, elites: 3, iterations: 1 },
  control: { horizon: 2 },
  data: { initialEpisodes: 4, episodesPerUpdate: 2 },
  fit: { steps: 12, batchSize: 16 },
};

describe.each(Object.keys(modelBasedRlPlugin.learners ?? {}))('%s', (key) => {
  const distribution = trivialControlDistribution({ actions: 'discrete' });
  const checks = controlLearnerChecks(modelBasedRlPlugin, key, {
    distribution,
    options: small,
    executors: [compiledExecutor({ threads: 1 }), eagerExecutor()],
    updates: 1,
    learning: { updates: 30, tasks: 8, distribution },
    badOptions: [
      { control: { discount: 0 } },
      { planner: { candidates: 4, elites: 0 } },
      { fit: { steps: 0 } },
      { model: { members: 0 } },
    ],
  });
  for (const check of checks) it(check.name, check.run, 30_000);
});
