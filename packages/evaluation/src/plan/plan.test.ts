import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hashJson } from './hash-json.js';
import { loadPlan } from './load-plan.node.js';
import { parsePlan } from './parse-plan.js';
import { definePlan } from './plan.js';

const small = { learners: ['maml'], distribution: 'glyphs' };

describe('parsePlan', () => {
  it('fills in every default', () => {
    expect(parsePlan(small, 'quick')).toEqual({
      name: 'quick',
      plugins: [],
      learners: [
        { id: 'maml', name: 'maml', options: {}, testOptions: {}, updates: 1000, tasksPerUpdate: 16 },
      ],
      distribution: { id: 'glyphs', options: {}, train: {}, validation: {}, test: {} },
      seeds: [0],
      test: { episodes: 600, tasksPerBatch: 20 },
      execution: { mode: 'auto', backend: 'auto' },
      budget: {},
      checkpointEvery: 200,
      logEvery: 10,
      expected: [],
      output: 'runs/quick',
    });
  });

  it('is complete JSON and reads its own result again', () => {
    const plan = parsePlan(
      definePlan({
        name: 'two',
        description: 'A sentence.',
        learners: [{ id: '@acme/x/maml', name: 'slow', options: { innerSteps: 5 }, updates: 7 }, 'maml'],
        distribution: { id: 'glyphs', options: { ways: 5 }, train: { ways: 20 } },
        validation: { every: 100 },
        test: { episodes: 1000 },
        budget: { seconds: 60 },
        expected: [{ better: 'slow', worse: 'maml' }],
      }),
    );
    expect(plan.learners.map(({ updates }) => updates)).toEqual([7, 1000]);
    expect(plan.validation).toEqual({ every: 100, episodes: 100, tasksPerBatch: 20 });
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it.each([
    [{ ...small, updatse: 5 }, 'updatse', /Did you mean `updates`/],
    [{ ...small, learners: [{ id: 'maml', option: {} }] }, 'learners[0].option', /Did you mean `options`/],
    [{ ...small, distribution: { id: 'glyphs', trian: {} } }, 'distribution.trian', /`train`/],
    [{ ...small, test: { episodes: 1.5 } }, 'test.episodes', /int/],
    [{ ...small, seeds: [] }, 'seeds', /./],
    [{ ...small, seeds: [1, 1] }, 'seeds[1]', /twice/],
    [{ ...small, learners: [] }, 'learners', /./],
    [{ ...small, learners: ['maml', 'maml'] }, 'learners[1].name', /its own/],
    [
      { ...small, learners: [{ id: 'maml', options: { rate: Number.NaN } }] },
      'learners[0].options.rate',
      /JSON/,
    ],
    [
      { ...small, expected: [{ better: 'mamll', worse: 'maml' }] },
      'expected[0].better',
      /Did you mean 'maml'/,
    ],
    [{ ...small, execution: { mode: 'fast' } }, 'execution.mode', /compiled/],
    [{ learners: ['maml'] }, 'distribution', /./],
    ['no object', '', /./],
  ])('refuses %j at %s', (value, path, message) => {
    expect(() => parsePlan(value)).toThrowError(
      expect.objectContaining({ code: 'INVALID_PLAN', message: expect.stringMatching(message) }),
    );
    expect(() => parsePlan(value)).toThrowError(
      expect.objectContaining({ details: expect.objectContaining({ path }) }),
    );
  });
});

describe('loadPlan', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plans-'));
  });
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return name;
  };

  it('reads JSON, JavaScript and TypeScript', async () => {
    await write('a.json', JSON.stringify(small));
    await write('b.plan.mjs', `export const plan = ${JSON.stringify(small)};`);
    await write(
      'c.plan.ts',
      `type Name = string;\nconst id: Name = 'maml';\nexport const plan = { learners: [id], distribution: 'glyphs' } satisfies object;`,
    );
    await write('d.mts', `export default ${JSON.stringify(small)} as const;`);
    for (const file of ['a.json', 'b.plan.mjs', 'c.plan.ts', 'd.mts']) {
      expect((await loadPlan(file, folder)).value).toEqual(small);
    }
    expect((await loadPlan('c.plan.ts', folder)).name).toBe('c');
  });

  it('says what is wrong with the file', async () => {
    const refused = { code: 'INVALID_PLAN' };
    await expect(loadPlan('none.json', folder)).rejects.toMatchObject(refused);
    await expect(loadPlan('a.yaml', folder)).rejects.toMatchObject(refused);
    await expect(loadPlan(await write('broken.json', '{'), folder)).rejects.toMatchObject(refused);
    await expect(loadPlan(await write('empty.ts', 'export const other = 1;'), folder)).rejects.toMatchObject(
      refused,
    );
  });
});

describe('hashJson', () => {
  it('ignores the order of keys and nothing else', () => {
    expect(hashJson('')).toMatch(/^[0-9a-f]{16}$/);
    expect(hashJson({ a: [1, { b: 2, c: 3 }] })).toBe(hashJson({ a: [1, { c: 3, b: 2 }] }));
    expect(hashJson({ a: [1, 2] })).not.toBe(hashJson({ a: [2, 1] }));
    expect(hashJson('1')).not.toBe(hashJson(1));
  });
});
