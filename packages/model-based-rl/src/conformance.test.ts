import { controlLearnerChecks, pluginChecks, trivialControlDistribution } from '@tasklearn/conformance';
import { describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { modelBasedRlPlugin } from './plugin.js';

describe('plugin', () => {
  for (const check of pluginChecks(modelBasedRlPlugin, packageJson)) it(check.name, check.run);
});

const small = {
  model: { hidden: [16] },
  outcomes: { hidden: [8] },
  adaptation: { support: 2, query: 2, units: 8 },
  planner: { candidates: 16, elites: 4 },
  control: { horizon: 4 },
  data: { initialEpisodes: 4, episodesPerUpdate: 2 },
  fit: { steps: 60, batchSize: 16 },
};

describe.each(Object.keys(modelBasedRlPlugin.learners ?? {}))('%s', (key) => {
  const distribution = trivialControlDistribution({ actions: 'discrete' });
  const checks = controlLearnerChecks(modelBasedRlPlugin, key, {
    distribution,
    options: small,
    updates: 2,
    learning: { updates: 4, tasks: 8, distribution },
    badOptions: [
      { control: { discount: 0 } },
      { planner: { candidates: 4, elites: 0 } },
      { fit: { steps: 0 } },
      { model: { members: 0 } },
    ],
  });
  for (const check of checks) it(check.name, check.run);
});
