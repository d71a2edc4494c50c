import { learnerChecks, pluginChecks } from '@tasklearn/conformance';
import { describe, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { templatePlugin } from './plugin.js';

describe('the plugin', () => {
  for (const check of pluginChecks(templatePlugin, { packageJson })) it(check.name, check.run);
});

describe('ridge-head', () => {
  const options = { embeddingSize: 4, network: { hidden: [8] }, optimizer: { learningRate: 0.01 } };
  for (const check of learnerChecks(templatePlugin, 'ridge-head', { options })) it(check.name, check.run);
});
