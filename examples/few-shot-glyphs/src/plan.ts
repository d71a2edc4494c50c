import { definePlan } from '@tasklearn/evaluation';

/**
 * 5-way 1-shot recognition of characters of scripts that were never seen in meta-training: two meta-learners and two
 * baselines that learn from the five pictures alone, within about three minutes on two cores.
 */
export const plan = definePlan({
  name: 'few-shot-glyphs',
  description: 'Recognising characters of unseen scripts from one example each',
  plugins: ['@tasklearn/tasks', '@tasklearn/maml', '@tasklearn/protonets'],
  learners: [
    { id: 'protonet', name: 'ProtoNet', tasksPerUpdate: 4 },
    { id: 'maml', name: 'MAML', tasksPerUpdate: 4 },
    { id: 'nearest-neighbour', name: 'Nearest neighbour (pixels)' },
    { id: 'from-scratch', name: 'From scratch' },
  ],
  distribution: {
    id: 'glyphs',
    options: { ways: 5, shots: 1, queries: 5 },
    train: { rotations: 'train' },
  },
  seeds: [0],
  updates: 2000,
  validation: { every: 60, episodes: 40 },
  test: { episodes: 600, tasksPerBatch: 20 },
  budget: { seconds: 75 },
  checkpointEvery: 100,
  expected: [
    { better: 'ProtoNet', worse: 'Nearest neighbour (pixels)' },
    { better: 'MAML', worse: 'Nearest neighbour (pixels)' },
    { better: 'MAML', worse: 'From scratch' },
  ],
});
