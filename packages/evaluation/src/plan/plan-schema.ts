import { isJson, type Json } from '@tasklearn/core';
import { z } from 'zod';

const count = z.int().min(1);
const json = z.custom<Json>(isJson, 'expected a JSON value');
const options = z.record(z.string(), json);

const learner = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).optional(),
  options: options.default({}),
  testOptions: options.default({}),
  updates: z.int().min(0).optional(),
  tasksPerUpdate: count.optional(),
});

const distribution = z.strictObject({
  id: z.string().min(1),
  options: options.default({}),
  train: options.default({}),
  validation: options.default({}),
  test: options.default({}),
});

const validation = z.strictObject({
  every: count,
  unit: z.enum(['updates', 'environmentSteps']).optional(),
  episodes: count.default(100),
  tasks: count.optional(),
  items: count.optional(),
  lifetimes: count.optional(),
  tasksPerBatch: count.default(20),
});

const test = z.strictObject({
  episodes: z.int().min(0).default(600),
  tasks: z.int().min(0).optional(),
  items: count.optional(),
  tasksPerBatch: count.default(20),
});

const execution = z.strictObject({
  mode: z.enum(['auto', 'compiled', 'eager']).default('auto'),
  backend: z.string().min(1).default('auto'),
  threads: count.optional(),
});

const budget = z.strictObject({
  seconds: z.number().positive().optional(),
  environmentSteps: count.optional(),
});

const trial = z.strictObject({
  explorationEpisodes: z.int().min(0).default(0),
  executionEpisodes: count.default(1),
});

const joint = z.strictObject({
  batchSize: count.default(32),
  tasksPerBatch: count.optional(),
  sampling: z
    .union([z.enum(['uniform', 'proportional']), z.strictObject({ power: z.number() })])
    .default('uniform'),
  metric: z.enum(['accuracy', 'rocAuc', 'negativeLogLikelihood', 'meanSquaredError', 'rSquared']).optional(),
  independent: z.string().min(1).optional(),
});

const regime = z.strictObject({
  order: z
    .enum(['iid', 'drift', 'curriculum', 'predictable', 'adversarial', 'periodic', 'piecewise'])
    .optional(),
  boundaries: z.enum(['discrete', 'continuous']).optional(),
  taskLabels: z.enum(['always', 'learning', 'hidden']).optional(),
  storage: z.number().min(0).nullable().optional(),
  gradientsPerItem: z.number().min(0).nullable().optional(),
  batchSize: count.optional(),
  tasks: count.optional(),
  length: count.optional(),
});

const stream = z.strictObject({
  lifetimes: count.default(1),
  metric: z
    .enum(['accuracy', 'negativeLogLikelihood', 'meanSquaredError', 'onlineAccuracy', 'onlineLoss'])
    .optional(),
  scratch: z.string().min(1).optional(),
  regime: regime.optional(),
});

const expectation = z.strictObject({
  better: z.string().min(1),
  worse: z.string().min(1),
  metric: z.string().min(1).optional(),
  margin: z.number().min(0).default(0),
});

/** What a plan file may hold; members that are absent get the defaults below. */
export const planSchema = z.strictObject({
  name: z.string().min(1).optional(),
  description: z.string().optional(),
  plugins: z.array(z.string().min(1)).default([]),
  learners: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((id) => learner.parse({ id })),
        learner,
      ]),
    )
    .min(1),
  distribution: z.union([
    z
      .string()
      .min(1)
      .transform((id) => distribution.parse({ id })),
    distribution,
  ]),
  seeds: z.array(z.int()).min(1).default([0]),
  updates: z.int().min(0).optional(),
  tasksPerUpdate: count.default(16),
  validation: validation.optional(),
  test: test.default({ episodes: 600, tasksPerBatch: 20 }),
  execution: execution.default({ mode: 'auto', backend: 'auto' }),
  budget: budget.default({}),
  trial: trial.optional(),
  joint: joint.optional(),
  stream: stream.optional(),
  references: z.array(z.string().min(1)).optional(),
  checkpointEvery: count.default(200),
  logEvery: count.default(10),
  expected: z.array(expectation).default([]),
  output: z.string().min(1).optional(),
});
