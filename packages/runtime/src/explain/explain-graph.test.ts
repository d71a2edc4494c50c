import { TasklearnError } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { floats, graphOf } from '../simplify/__fixtures__/simplified-by.js';
import { defaultPasses } from '../simplify/default-passes.js';
import { simplify } from '../simplify/simplify.js';
import { explainGraph } from './explain-graph.js';
import { parseProfile } from './parse-profile.js';
import { profileGraph } from './profile-graph.node.js';

const recorded = graphOf((g) => {
  const x = g.input('x', floats(4, 4));
  const sum = g.add('Add', [g.add('Neg', [g.add('Neg', [x], x)], x), g.scalar(0)], x);
  return g.add('MatMul', [sum, g.add('Transpose', [x], x, { perm: [1, 0] })], x);
});
const compiled = { recorded, ...simplify(recorded, defaultPasses) };

describe('explainGraph', () => {
  it('counts nodes before and after, by pass and by operator', () => {
    const { nodesRecorded, nodesSimplified, passes, operators, constantBytes, text } = explainGraph(compiled);
    expect([nodesRecorded, nodesSimplified, constantBytes]).toEqual([5, 1, 0]);
    expect(passes.reduce((sum, { removed }) => sum + removed, 0)).toBe(4);
    expect(operators[0]).toEqual({ operator: 'com.microsoft.FusedMatMul', recorded: 0, simplified: 1 });
    expect(operators).toContainEqual({ operator: 'Neg', recorded: 2, simplified: 0 });
    expect(text).toContain('5 nodes recorded, 1 after simplifying');
    expect(text).toContain('not measured');
  });

  it('adds up what a pass does over several rounds', () => {
    const report = [
      { pass: 'a', round: 1, nodesBefore: 9, nodesAfter: 7 },
      { pass: 'b', round: 1, nodesBefore: 7, nodesAfter: 8 },
      { pass: 'a', round: 2, nodesBefore: 8, nodesAfter: 5 },
    ];
    expect(explainGraph({ ...compiled, report }).passes).toEqual([
      { pass: 'a', rounds: 2, nodesBefore: 9, nodesAfter: 5, removed: 5 },
      { pass: 'b', rounds: 1, nodesBefore: 7, nodesAfter: 8, removed: -1 },
    ]);
  });
});

describe('profileGraph', () => {
  it('measures every operator of the graph', async () => {
    const profile = await profileGraph(compiled.graph, { runs: 4, warmUp: 1 });
    if (profile.status !== 'measured') throw new Error(profile.reason);
    expect(profile).toMatchObject({ engine: 'onnxruntime-node, 1 thread', runs: 4 });
    expect(profile.operators).toEqual([
      { operator: 'FusedMatMul', count: 1, microseconds: profile.microseconds, share: 1 },
    ]);
    expect(profile.nodes[0]?.shapes).toBe('[4,4] [4,4] -> [4,4]');
    expect(explainGraph(compiled, profile).text).toContain('FusedMatMul');
  });
});

describe('parseProfile', () => {
  const event = (name: string, dur: number, op: string) => ({
    cat: 'Node',
    name: `${name}_kernel_time`,
    dur,
    args: { op_name: op },
  });

  it('takes the median over runs after the first ones, slowest first', () => {
    const events = [99, 1, 2, 3].flatMap((dur) => [
      event('a', dur, 'Add'),
      event('b', 10 * dur, 'Mul'),
      event('c', dur, 'Add'),
    ]);
    const profile = parseProfile(
      JSON.stringify([{ cat: 'Session', name: 'model_run', dur: 5 }, ...events]),
      'engine',
      3,
      1,
    );
    if (profile.status !== 'measured') throw new Error(profile.reason);
    expect(profile.microseconds).toBe(24);
    expect(profile.nodes.map(({ name, microseconds }) => [name, microseconds])).toEqual([
      ['b', 20],
      ['a', 2],
      ['c', 2],
    ]);
    expect(profile.operators[1]).toEqual({ operator: 'Add', count: 2, microseconds: 4, share: 4 / 24 });
  });

  it('refuses what is not a list of events', () => {
    for (const json of ['{', '{}']) {
      try {
        parseProfile(json, 'engine', 1, 0);
        expect.fail('parsed');
      } catch (error) {
        expect(TasklearnError.is(error, 'CORRUPT_FILE')).toBe(true);
      }
    }
  });
});
