import { createRegistry } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { tasksPlugin } from './plugin.js';
import { tasksPlugin as nodePlugin } from './plugin.node.js';
import { VERSION } from './version.js';

describe('tasksPlugin', () => {
  it('is a valid plugin of this version, in the browser and in Node', () => {
    expect(VERSION).toBe(manifest.version);
    expect(
      createRegistry([tasksPlugin]).distribution('@tasklearn/tasks/glyphs').descriptor.summary,
    ).toContain('50 scripts');
    expect(Object.keys(nodePlugin.distributions)).toEqual([
      'sinusoid',
      'linear',
      'glyphs',
      'gaussian-episodes',
      'sinusoid-or-line',
      'circle-boundary',
      'ambiguous-attributes',
      'gaussian-process',
      'gaussian-classes',
      'oriented-objects',
      'pattern-completion',
      'cue-recall',
      'mean-tracking',
      'switching-sinusoid',
      'switching-plant',
      'prototype-stream',
      'linear-suite',
      'correlated-regression',
      'described-sinusoids',
      'omniglot',
      'omniglot-stream',
      'mnist',
      'fashion-mnist',
      'mnist-stream',
      'fashion-mnist-stream',
      'omniglot-sequence',
      'omniglot-switching',
      'omniglot-tasks',
      'rainbow-mnist',
      'multi-mnist',
      'mnist-over-fashion',
      'mnist-tasks',
      'mnist-and-fashion',
      'adult',
      'census-income',
      'landmine',
      'school',
      'sarcos',
      'parkinsons',
    ]);
  });

  it('creates every distribution that needs no files from its defaults, which are JSON', async () => {
    const registry = createRegistry([tasksPlugin]);
    for (const key of Object.keys(tasksPlugin.distributions)) {
      const distribution = await registry.createDistribution(key, {});
      expect(distribution.id).toBe(`@tasklearn/tasks/${key}`);
    }
    for (const { defaults } of Object.values(nodePlugin.distributions)) {
      expect(JSON.parse(JSON.stringify(defaults))).toEqual(defaults);
    }
  });

  it('refuses unknown options and missing folders by code', async () => {
    const registry = createRegistry([nodePlugin]);
    const create = async (key: string, options: object) => registry.createDistribution(key, options);
    await expect(create('glyphs', { way: 3 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    for (const key of ['omniglot', 'mnist', 'fashion-mnist', 'mnist-stream', 'omniglot-sequence']) {
      await expect(create(key, { data: '/nowhere' })).rejects.toMatchObject({ code: 'MISSING_DATA' });
    }
  });
});
