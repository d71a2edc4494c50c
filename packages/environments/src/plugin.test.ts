import { createRegistry } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { environmentsPlugin } from './plugin.js';
import { VERSION } from './version.js';

describe('environmentsPlugin', () => {
  const registry = createRegistry([environmentsPlugin]);

  it('is a valid plugin of this version', () => {
    expect(VERSION).toBe(manifest.version);
    expect(Object.keys(environmentsPlugin.distributions).length).toBeGreaterThan(30);
  });

  it('creates every distribution from its defaults, which are JSON, under its own id', async () => {
    for (const [key, { defaults }] of Object.entries(environmentsPlugin.distributions)) {
      expect(JSON.parse(JSON.stringify(defaults))).toEqual(defaults);
      const distribution = await registry.createDistribution(key, {});
      expect([distribution.kind, distribution.id]).toEqual(['control', `@tasklearn/environments/${key}`]);
    }
  });

  it('refuses unknown options and values out of range', async () => {
    await expect(
      (async () => registry.createDistribution('hallway-sign', { lenght: 3 }))(),
    ).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { suggestion: 'length' },
    });
    await expect((async () => registry.createDistribution('bit-flip', { bits: 0 }))()).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
  });
});
