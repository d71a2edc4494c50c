import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plugin as control } from '../__fixtures__/toy-control-plugin.js';
import { plugin as joint } from '../__fixtures__/toy-joint-plugin.js';
import { plugin as episodic } from '../__fixtures__/toy-plugin.js';
import { plugin as stream } from '../__fixtures__/toy-stream-plugin.js';
import { runPlan } from './run-plan.node.js';

const kinds = {
  episodic: { learner: '@acme/toy/linear', distribution: '@acme/toy/blobs' },
  control: { learner: '@acme/control/table', distribution: '@acme/control/corridor' },
  joint: { learner: '@acme/joint/together', distribution: '@acme/joint/planes' },
  stream: { learner: '@acme/stream/rote', distribution: '@acme/stream/colours' },
} as const;
type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mixed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (learners: readonly string[], distribution: string) =>
  runPlan(
    { learners, distribution, updates: 1, output: join(folder, 'run') },
    { plugins: [episodic, control, joint, stream] },
  );

describe('a plan with learners of several kinds', () => {
  it.each(names)('is refused before anything runs, on tasks of kind %s', async (kind) => {
    const { distribution } = kinds[kind];
    const learners = names.map((each) => kinds[each].learner);
    const stranger = names.find((each) => each !== kind) as Kind;
    const error = await run(learners, distribution).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'UNSUPPORTED_TASK',
      details: { expected: kind, received: stranger },
      message: expect.stringContaining('A plan compares learners of one kind, on tasks of that kind.'),
    });
    expect(error.message).toContain(`is of kind '${stranger}'`);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(
    names.flatMap((own) => names.filter((other) => other !== own).map((other) => [own, other] as const)),
  )('a learner of kind %s is refused tasks of kind %s', async (own, other) => {
    await expect(run([kinds[own].learner], kinds[other].distribution)).rejects.toMatchObject({
      code: 'UNSUPPORTED_TASK',
      details: { expected: other, received: own },
    });
  });
});
