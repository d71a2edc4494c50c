import { describe, expect, it } from 'vitest';
import {
  createRegistry,
  defineDistribution,
  defineLearner,
  definePlugin,
  type EpisodicDistribution,
  type EpisodicLearner,
  type Plugin,
  requirePositive,
  TasklearnError,
} from '../index.js';

const learner: EpisodicLearner = {
  kind: 'episodic',
  init: () => ({}),
  adapt: () => ({}),
  predict: () => {
    throw new Error('never called here');
  },
};

const reptile = defineLearner({
  kind: 'episodic',
  summary: 'Moves the initialisation toward adapted parameters.',
  reference: {
    title: 'On First-Order Meta-Learning Algorithms',
    authors: 'Nichol et al.',
    year: 2018,
    url: 'https://arxiv.org/abs/1803.02999',
  },
  capabilities: {
    targets: ['classification', 'regression'],
    gradientOrder: 1,
    deterministic: true,
    permutationInvariant: true,
    variableShots: true,
    variableWays: false,
    transductive: false,
    consistent: 'yes',
    uncertainty: 'none',
  },
  defaults: { innerLearningRate: 0.02, innerSteps: 5 },
  create: (options) => {
    requirePositive('reptile', options, 'innerLearningRate');
    return { ...learner, options } as EpisodicLearner;
  },
});

const points = defineDistribution({
  kind: 'episodic',
  summary: 'Points.',
  defaults: { ways: 5 },
  create: (options) => ({ kind: 'episodic', id: `points-${options.ways}` }) as EpisodicDistribution,
});

const acme = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/reptile',
  version: '1.2.3-beta.1',
  learners: { reptile },
  distributions: { points },
});
const other = definePlugin({ ...acme, name: 'other-reptile', learners: { reptile, maml: reptile } });

const codeOf = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });

describe('createRegistry', () => {
  const registry = createRegistry([other, acme]);

  it('lists what plugins publish, by full id', () => {
    expect(registry.learners.map((entry) => entry.id)).toEqual([
      '@acme/reptile/reptile',
      'other-reptile/maml',
      'other-reptile/reptile',
    ]);
    expect(registry.distributions.map((entry) => entry.id)).toEqual([
      '@acme/reptile/points',
      'other-reptile/points',
    ]);
    expect(
      createRegistry([{ specificationVersion: 'v1', name: 'empty', version: '0.0.1' }]).learners,
    ).toEqual([]);
  });

  it('finds by full id and by an unambiguous ending', () => {
    expect(registry.learner('@acme/reptile/reptile').plugin).toBe(acme);
    expect(registry.learner('maml').id).toBe('other-reptile/maml');
    expect(registry.learner('other-reptile/reptile').key).toBe('reptile');
    expect(createRegistry([acme]).learner('reptile/reptile').descriptor).toBe(reptile);
    expect(createRegistry([acme]).distribution('points').descriptor).toBe(points);
  });

  it('refuses an ambiguous ending', () => {
    expect(() => registry.distribution('points')).toThrow(
      codeOf('NO_SUCH_DISTRIBUTION', { matches: ['@acme/reptile/points', 'other-reptile/points'] }),
    );
  });

  it('says what was probably meant', () => {
    expect(() => registry.learner('@acme/reptil/reptile')).toThrow(
      codeOf('NO_SUCH_LEARNER', { suggestion: '@acme/reptile/reptile' }),
    );
    expect(() => registry.learner('mamll')).toThrow(
      codeOf('NO_SUCH_LEARNER', { suggestion: 'other-reptile/maml' }),
    );
    expect(() => registry.distribution('pionts')).toThrow(
      codeOf('NO_SUCH_DISTRIBUTION', { suggestion: '@acme/reptile/points' }),
    );
    expect(() => registry.learner('qqqqqqqq')).toThrow(/Registered: @acme/);
    expect(() => createRegistry([]).learner('maml')).toThrow(/Registered: none/);
  });

  it('is frozen', () => {
    for (const part of [registry, registry.plugins, registry.learners, registry.learners[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('creates with options over defaults', async () => {
    const created = registry.createLearner('maml', { innerSteps: 1 }) as unknown as { options: object };
    expect(created.options).toEqual({ innerLearningRate: 0.02, innerSteps: 1 });
    expect((await registry.createDistribution('other-reptile/points', { ways: 20 })).id).toBe('points-20');
    expect((await registry.createDistribution('other-reptile/points')).id).toBe('points-5');
  });

  it('refuses options by code', async () => {
    const refused = (key: string, owner: string) => codeOf('INVALID_OPTION', { key, owner });
    expect(() => registry.createLearner('maml', { innerStep: 1 })).toThrow(
      refused('innerStep', 'other-reptile/maml'),
    );
    expect(() => registry.createLearner('maml', { innerSteps: '1' })).toThrow(
      refused('innerSteps', 'other-reptile/maml'),
    );
    expect(() => registry.createLearner('maml', { innerLearningRate: -1 })).toThrow(
      refused('innerLearningRate', 'reptile'),
    );
    await expect(registry.createDistribution('other-reptile/points', { way: 1 })).rejects.toThrow(
      refused('way', 'other-reptile/points'),
    );
  });
});

describe('validation', () => {
  it('names what is wrong with a plugin', () => {
    const withLearner = (change: object) => ({ ...acme, learners: { reptile: { ...reptile, ...change } } });
    const cases: [unknown, string][] = [
      [null, 'plugin'],
      [undefined, 'plugin'],
      [{ ...acme, specificationVersion: 'v2' }, 'specificationVersion'],
      [{ ...acme, name: 'Not A Package' }, 'name'],
      [{ ...acme, version: '1.2' }, 'version'],
      [{ ...acme, learners: { Reptile: reptile } }, 'learners.Reptile'],
      [{ ...acme, learners: { reptile: 5 } }, 'learners.reptile'],
      [withLearner({ kind: 'magic' }), 'learners.reptile.kind'],
      [withLearner({ summary: ' ' }), 'learners.reptile.summary'],
      [withLearner({ defaults: { rate: Number.NaN } }), 'learners.reptile.defaults'],
      [withLearner({ defaults: [1] }), 'learners.reptile.defaults'],
      [withLearner({ create: undefined }), 'learners.reptile.create'],
      [withLearner({ reference: undefined }), 'learners.reptile.reference'],
      [withLearner({ reference: { ...reptile.reference, year: '2018' } }), 'learners.reptile.reference'],
      [withLearner({ capabilities: null }), 'learners.reptile.capabilities'],
      [{ ...acme, distributions: { points: { ...points, summary: 1 } } }, 'distributions.points.summary'],
    ];
    for (const [plugin, path] of cases) {
      expect(() => createRegistry([plugin as Plugin])).toThrow(codeOf('INVALID_PLUGIN', { path }));
    }
  });

  it('refuses a plugin given twice', () => {
    expect(() => createRegistry([acme, acme])).toThrow(
      codeOf('INVALID_PLUGIN', { plugin: '@acme/reptile', path: 'name' }),
    );
  });
});

describe('TasklearnError', () => {
  it('carries a code, details and a cause', () => {
    const cause = new Error('root');
    const error = new TasklearnError('NOT_FINITE', 'message', { update: 3, cause });
    expect([error.name, error.code, error.details, error.cause]).toEqual([
      'TasklearnError',
      'NOT_FINITE',
      { update: 3 },
      cause,
    ]);
    expect('cause' in new TasklearnError('NOT_FINITE', 'message')).toBe(false);
  });

  it('is known by its brand, not its class', () => {
    const error = new TasklearnError('@acme/reptile:ODD', 'message');
    expect(TasklearnError.is(error)).toBe(true);
    expect(TasklearnError.is(error, '@acme/reptile:ODD')).toBe(true);
    expect(TasklearnError.is(error, 'NOT_FINITE')).toBe(false);
    for (const value of [new Error('message'), null, undefined, 'NOT_FINITE'])
      expect(TasklearnError.is(value)).toBe(false);
  });

  it('takes a shortened id for the learner of a kind, where only one is of it', () => {
    const named = (name: string, kind: string) =>
      ({
        specificationVersion: 'v1',
        name,
        version: '1.0.0',
        learners: { same: { ...reptile, kind } },
      }) as unknown as Plugin;
    const registry = createRegistry([named('@a/one', 'episodic'), named('@b/two', 'joint')]);
    expect(() => registry.learner('same')).toThrow(/ambiguous/);
    expect(registry.learner('same', 'joint').id).toBe('@b/two/same');
    expect(() => registry.learner('same', 'stream')).toThrow(/ambiguous/);
  });
});
