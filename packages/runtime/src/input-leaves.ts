import { type HostTensor, isLeaf, type Tree } from '@tasklearn/core';
import type * as tf from '@tensorflow/tfjs';
import type { LeafType } from './record/record-function.js';

/** A leaf of an input: on the host or on a TensorFlow.js backend. */
export type InputLeaf = HostTensor | tf.Tensor;

/** What an input has to look like, taken apart once so that comparing is quick. */
export type InputForm =
  | { readonly type: LeafType }
  | {
      readonly type: undefined;
      readonly isList: boolean;
      readonly children: readonly (readonly [string, InputForm])[];
    };

/** The form of inputs with these shapes and types. Children are in flattening order. */
export function inputForm(types: Tree<LeafType>): InputForm {
  if (isLeaf(types)) return { type: types as LeafType };
  const isList = Array.isArray(types);
  const children = types as unknown as Record<string, Tree<LeafType>>;
  const names = isList ? Object.keys(children) : Object.keys(children).sort();
  return {
    type: undefined,
    isList,
    children: names.map((name) => [name, inputForm(children[name] as Tree<LeafType>)]),
  };
}

function fits({ dtype, shape }: LeafType, leaf: InputLeaf): boolean {
  if (leaf.dtype !== dtype || leaf.shape.length !== shape.length) return false;
  for (let axis = 0; axis < shape.length; axis++) if (leaf.shape[axis] !== shape[axis]) return false;
  return true;
}

function collect(form: InputForm, input: Tree<InputLeaf>, into: InputLeaf[]): boolean {
  if (form.type !== undefined) {
    if (!isLeaf(input) || !fits(form.type, input as InputLeaf)) return false;
    into.push(input as InputLeaf);
    return true;
  }
  if (isLeaf(input) || Array.isArray(input) !== form.isList) return false;
  const given = input as unknown as Record<string, Tree<InputLeaf>>;
  for (const [name, child] of form.children) {
    const value = given[name];
    if (value === undefined || !collect(child, value, into)) return false;
  }
  const names = Object.keys(given);
  if (names.length === form.children.length) return true;
  return names.filter((name) => given[name] !== undefined).length === form.children.length;
}

/**
 * The leaves of an input of a given form, in flattening order. This is on the path of every run, so it compares
 * and does nothing else.
 *
 * @returns `undefined` where the input has another form.
 */
export function leavesOfForm(form: InputForm, input: Tree<InputLeaf>): InputLeaf[] | undefined {
  const leaves: InputLeaf[] = [];
  return collect(form, input, leaves) ? leaves : undefined;
}
