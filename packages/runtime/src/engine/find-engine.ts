import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import type { Engine } from './engine.js';
import { type OnnxRuntime, onnxRuntimeEngine } from './onnxruntime.js';

/** Engines by name. */
export type EngineName = 'onnxruntime-node' | 'onnxruntime-web';

const loaded = new Map<EngineName, Promise<Engine>>();

async function importRuntime(name: EngineName): Promise<OnnxRuntime> {
  // Bundlers resolve what they can read: the Node engine is a native library and must stay out of their sight.
  const hidden = name;
  const module: OnnxRuntime & { default?: OnnxRuntime } =
    name === 'onnxruntime-web'
      ? await import('onnxruntime-web')
      : await import(/* @vite-ignore */ /* webpackIgnore: true */ hidden);
  return module.InferenceSession === undefined ? (module.default as OnnxRuntime) : module;
}

async function load(name: EngineName): Promise<Engine> {
  try {
    return onnxRuntimeEngine(await importRuntime(name), name);
  } catch (error) {
    loaded.delete(name);
    throw new TasklearnError(
      'BACKEND_UNAVAILABLE',
      `compile: the engine ${name} could not be loaded. Install it with \`npm install ${name}\`, or run without an engine.`,
      { engine: name, cause: error },
    );
  }
}

/** The engine that a choice stands for: `auto` is `onnxruntime-node` in Node and `onnxruntime-web` elsewhere. */
export function engineNameFor(choice: EngineName | 'auto'): EngineName {
  if (choice !== 'auto') return choice;
  return tf.env().getBool('IS_NODE') ? 'onnxruntime-node' : 'onnxruntime-web';
}

/**
 * The engine of a name, loaded once; `auto` takes `onnxruntime-node` in Node and `onnxruntime-web` elsewhere.
 *
 * @throws `BACKEND_UNAVAILABLE` if the package is not installed or does not start.
 */
export function findEngine(name: EngineName | 'auto' = 'auto'): Promise<Engine> {
  const chosen = engineNameFor(name);
  const known = loaded.get(chosen);
  if (known !== undefined) return known;
  const engine = load(chosen);
  loaded.set(chosen, engine);
  return engine;
}
