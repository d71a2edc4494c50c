import { describe, expect, it } from 'vitest';
import { toyChain } from '../__fixtures__/toy-chain.js';
import { type ControlDistribution, requireControlTask } from '../index.js';

const chain = toyChain();
const all = ['goals', 'rewardFunction', 'recordableReward', 'taskIdentity', 'finiteStates'] as const;

describe('requireControlTask', () => {
  it('takes what has all that is needed', () => {
    requireControlTask('toy', { actions: ['discrete'], needs: ['rewardFunction', 'taskIdentity'] }, chain);
  });

  it('names everything that is missing', () => {
    const bare: ControlDistribution = {
      kind: 'control',
      id: 'bare',
      spec: { ...chain.spec, action: { shape: [2], dtype: 'float32' } },
      varies: [],
      trial: chain.trial,
      task: chain.task,
      createEnvironment: chain.createEnvironment,
    };
    expect(() => requireControlTask('toy', { actions: ['discrete'], needs: all }, bare)).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_TASK',
        details: { learner: 'toy', distribution: 'bare', missing: ['actions', ...all] },
      }),
    );
  });
});
