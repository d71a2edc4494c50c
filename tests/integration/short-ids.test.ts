import { bayesianMetaPlugin } from '@tasklearn/bayesian-meta';
import { blackboxMetaPlugin } from '@tasklearn/blackbox-meta';
import { createRegistry } from '@tasklearn/core';
import { environmentsPlugin } from '@tasklearn/environments';
import { goalRlPlugin } from '@tasklearn/goal-rl';
import { lifelongPlugin } from '@tasklearn/lifelong';
import { mamlPlugin } from '@tasklearn/maml';
import { metaRlPlugin } from '@tasklearn/meta-rl';
import { modelBasedRlPlugin } from '@tasklearn/model-based-rl';
import { multitaskPlugin } from '@tasklearn/multitask';
import { protonetsPlugin } from '@tasklearn/protonets';
import { rlPlugin } from '@tasklearn/rl';
import { tasksPlugin } from '@tasklearn/tasks/node';
import { expect, it } from 'vitest';

it('with every package installed, a short id and the kind of the tasks name one learner', () => {
  const registry = createRegistry([
    bayesianMetaPlugin,
    blackboxMetaPlugin,
    environmentsPlugin,
    goalRlPlugin,
    lifelongPlugin,
    mamlPlugin,
    metaRlPlugin,
    modelBasedRlPlugin,
    multitaskPlugin,
    protonetsPlugin,
    rlPlugin,
    tasksPlugin,
  ]);
  for (const { id, key, descriptor } of registry.learners)
    expect(registry.learner(key, descriptor.kind).id).toBe(id);
  for (const { id, key } of registry.distributions) expect(registry.distribution(key).id).toBe(id);
});
