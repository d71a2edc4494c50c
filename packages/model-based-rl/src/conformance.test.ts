import { controlLearnerChecks, pluginChecks, trivialControlDistribution } from '@tasklearn/conformance';
import { eagerExecutor } from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { describe, it } from 'vitest';
import { modelBasedRlPlugin } from './plugin.js';

describe('plugin', () => {
  for (const check of pluginChecks(modelBasedRlPlugin)) it(check.name, check.run);
});

const small = {
  model: { hidden: [8] },
  outcomes: { hidden: [8] },
  adaptation: { support: 2, query: 2, units: 8 },
  planner: { candidates: 8, elites: 3, iterations: 1 },
  control: { horizon: 1 },
  data: { initialEpisodes: 4, episodesPerUpdate: 2 },
  fit: { steps: 12, batchSize: 16 },
};

/** Ensembles of two, where there are ensembles. */
const ensembles = { ...small, model: { hidden: [8], members: 2 } };
const settings: Readonly<Record<string, object>> = {
  'model-predictive-control': ensembles,
  'random-shooting': ensembles,
  pddm: ensembles,
  pets: { ...ensembles, control: { horizon: 1, particles: 2 } },
  cem: { ...small, control: { horizon: 2 } },
};

describe.each(Object.keys(modelBasedRlPlugin.learners ?? {}))('%s', (key) => {
  const distribution = trivialControlDistribution({ actions: 'discrete' });
  const checks = controlLearnerChecks(modelBasedRlPlugin, key, {
    distribution,
    options: settings[key] ?? small,
    executors: [compiledExecutor({ threads: 1 }), eagerExecutor()],
    updates: 1,
    learning: { updates: 20, tasks: 8, distribution },
    badOptions: [
      { control: { discount: 0 } },
      { planner: { candidates: 4, elites: 0 } },
      { fit: { steps: 0 } },
      { model: { members: 0 } },
    ],
  });
  for (const check of checks) it(check.name, check.run, 30_000);
});
