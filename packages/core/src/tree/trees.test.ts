import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cloneTree,
  disposeTree,
  flattenTree,
  type HostTensor,
  isLeaf,
  leavesOf,
  mapTree,
  maskTree,
  packHostTree,
  pathsOf,
  type Tree,
  toDevice,
  toHost,
  treeFromLeaves,
  treeSpec,
  unflattenTree,
  unpackHostTree,
  zipTrees,
} from '../index.js';

const host = (values: number[], shape: number[] = [values.length]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

const treeOfNumbers = fc.letrec<{ tree: Tree<number> }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(
      fc.string({ minLength: 1, maxLength: 3 }).filter((key) => key !== '__proto__'),
      tie('tree'),
      {
        maxKeys: 3,
      },
    ),
  ),
})).tree;

describe('leaves', () => {
  it('tells leaves from inner nodes', () => {
    for (const leaf of [1, 'a', true, null, new Float32Array(2), host([1]), tf.scalar(1)])
      expect(isLeaf(leaf)).toBe(true);
    for (const inner of [[], {}, { dtype: 1 }, { shape: [] }]) expect(isLeaf(inner)).toBe(false);
    tf.disposeVariables();
  });

  it('visits them in the order of sorted keys, whatever the insertion order', () => {
    expect(leavesOf<number>({ b: 2, a: { d: 4, c: [3, 1] } })).toEqual([3, 1, 4, 2]);
    expect(pathsOf({ b: 2, a: { d: 4, c: [3, 1] } })).toEqual(['a/c/0', 'a/c/1', 'a/d', 'b']);
    expect(pathsOf(5)).toEqual(['']);
    expect(pathsOf({ Z: 0, a: 0, É: 0 })).toEqual(['Z', 'a', 'É']);
  });

  it('takes a property that is undefined as absent', () => {
    expect(leavesOf({ a: 1, b: undefined } as unknown as Tree<number>)).toEqual([1]);
  });

  it('rebuilds any tree from its leaves', () => {
    fc.assert(
      fc.property(treeOfNumbers, (tree) => {
        expect(treeFromLeaves(tree, leavesOf(tree))).toEqual(tree);
        expect(pathsOf(tree)).toHaveLength(leavesOf(tree).length);
      }),
    );
  });

  it('refuses a wrong number of leaves', () => {
    for (const leaves of [[1], [1, 2, 3]]) {
      expect(() => treeFromLeaves({ a: 0, b: 0 }, leaves)).toThrow(
        expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
      );
    }
  });
});

describe('mapTree, zipTrees and maskTree', () => {
  it('keeps the structure and leaves the tree as it was', () => {
    const tree = Object.freeze({ a: Object.freeze([1, 2]), b: 3 });
    expect(mapTree(tree, (leaf: number) => leaf * 2)).toEqual({ a: [2, 4], b: 6 });
    expect(tree).toEqual({ a: [1, 2], b: 3 });
  });

  it('composes', () => {
    fc.assert(
      fc.property(treeOfNumbers, (tree) => {
        const once = mapTree(
          mapTree(tree, (x: number) => x + 1),
          (x: number) => x * 2,
        );
        expect(once).toEqual(mapTree(tree, (x: number) => (x + 1) * 2));
      }),
    );
  });

  it('zips by key, not by position', () => {
    expect(zipTrees((a: number, b: string) => `${a}${b}`, { x: 1, y: [2] }, { y: ['q'], x: 'p' })).toEqual({
      x: '1p',
      y: ['2q'],
    });
  });

  it('names the first path where structures differ', () => {
    const zip = (b: Tree<number>) => zipTrees((x: number, y: number) => x + y, { a: 1, c: 2 }, b);
    expect(() => zip({ a: 1, d: 2 })).toThrow(
      expect.objectContaining({
        code: 'SHAPE_MISMATCH',
        details: { path: 'c', expected: "a leaf 'c'", received: "a leaf 'd'" },
      }),
    );
    expect(() => zip({ a: 1 })).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ received: 'nothing' }) }),
    );
    expect(() => zip({ a: 1, c: 2, e: 3 })).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ path: 'e', expected: 'nothing' }) }),
    );
  });

  it('masks by path', () => {
    expect(
      maskTree({ layer1: { weight: 0 }, head: { weight: 0 } }, (path) => path.startsWith('head/')),
    ).toEqual({
      layer1: { weight: false },
      head: { weight: true },
    });
  });
});

describe('flat vectors', () => {
  const values = {
    weight: tf.keep(
      tf.tensor([
        [1, 2],
        [3, 4],
      ]),
    ),
    bias: tf.keep(tf.tensor([5])),
    gain: tf.keep(tf.scalar(6)),
  };

  it('lays leaves out in flattening order', async () => {
    const before = tf.memory().numTensors;
    const { vector, spec } = flattenTree(values);
    expect([...vector.dataSync()]).toEqual([5, 6, 1, 2, 3, 4]);
    expect(spec.leaves).toEqual([
      { path: 'bias', shape: [1], dtype: 'float32', offset: 0, size: 1 },
      { path: 'gain', shape: [], dtype: 'float32', offset: 1, size: 1 },
      { path: 'weight', shape: [2, 2], dtype: 'float32', offset: 2, size: 4 },
    ]);
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    const back = unflattenTree<typeof values>(vector, spec);
    expect(await toHost(back)).toEqual(await toHost(values));
    disposeTree(back);
    vector.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('does the same on the host', async () => {
    const hosted = await toHost(values);
    const { vector, spec } = packHostTree(hosted);
    expect([...vector.data]).toEqual([5, 6, 1, 2, 3, 4]);
    expect(spec).toEqual(treeSpec(values));
    expect(unpackHostTree(vector, spec)).toEqual(hosted);
  });

  it('copies, so that a vector can be reused', () => {
    const tree = { a: host([1, 2]) };
    const { vector, spec } = packHostTree(tree);
    const back = unpackHostTree<typeof tree>(vector, spec);
    vector.data.fill(9);
    expect([...tree.a.data, ...back.a.data]).toEqual([1, 2, 1, 2]);
  });

  it('gives a single leaf a vector of its own', () => {
    const leaf = tf.tensor([1, 2]);
    const { vector } = flattenTree({ leaf });
    leaf.dispose();
    expect([...vector.dataSync()]).toEqual([1, 2]);
    vector.dispose();
  });

  it('flattens an empty tree to an empty vector', () => {
    const { vector, spec } = flattenTree({});
    expect([vector.shape, spec.size]).toEqual([[0], 0]);
    expect(unflattenTree(vector, spec)).toEqual({});
    vector.dispose();
  });

  it('lets gradients through in both directions', () => {
    const { spec } = flattenTree(values);
    const gradient = tf.grad((vector) => {
      const tree = unflattenTree<typeof values>(vector, spec);
      return tf.sum(tf.mul(flattenTree(tree).vector, tf.tensor([1, 2, 3, 4, 5, 6])));
    })(tf.zeros([6]));
    expect([...gradient.dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('refuses leaves that are not float32 and vectors of another size', () => {
    const integers = { a: tf.tensor([1], [1], 'int32') };
    const mismatch = expect.objectContaining({ code: 'SHAPE_MISMATCH' });
    expect(() => flattenTree(integers)).toThrow(mismatch);
    expect(() => packHostTree({ a: { dtype: 'int32', shape: [1], data: new Int32Array(1) } })).toThrow(
      mismatch,
    );
    const spec = treeSpec(values);
    expect(() => unflattenTree(tf.zeros([5]), spec)).toThrow(mismatch);
    expect(() => unflattenTree(tf.zeros([2, 3]), spec)).toThrow(mismatch);
    expect(() => unpackHostTree(host([1]), spec)).toThrow(mismatch);
  });
});

describe('transfer and lifetime', () => {
  it('carries values, shapes and types to the device and back', async () => {
    const tree = {
      a: host([1, 2], [2, 1]),
      b: [
        { dtype: 'int32', shape: [1], data: Int32Array.of(3) },
        { dtype: 'bool', shape: [], data: Uint8Array.of(1) },
      ],
    } as const;
    const before = tf.memory().numTensors;
    const device = toDevice(tree);
    expect(tf.memory().numTensors).toBe(before + 3);
    expect(await toHost(device)).toEqual(tree);
    disposeTree(device);
    disposeTree(device);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('copies: later writes on the host do not reach the device, nor the other way', async () => {
    const tree = { a: host([1]) };
    const device = toDevice<{ a: Tensor }>(tree);
    tree.a.data[0] = 9;
    const back = await toHost(device);
    expect(back.a.data[0]).toBe(1);
    back.a.data[0] = 7;
    expect(device.a.dataSync()[0]).toBe(1);
    device.a.dispose();
  });

  it('clones trees and tensors that are on the device already', () => {
    const before = tf.memory().numTensors;
    const tree = { a: tf.scalar(1) };
    const [clone, sent] = [cloneTree(tree), toDevice<{ a: Tensor }>(tree as never)];
    tree.a.dispose();
    expect([clone.a.dataSync()[0], sent.a.dataSync()[0]]).toEqual([1, 1]);
    disposeTree([clone, sent]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses types that do not cross the boundary', async () => {
    const text = tf.tensor(['a']);
    await expect(toHost({ text })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      details: { received: 'string' },
    });
    text.dispose();
  });
});
