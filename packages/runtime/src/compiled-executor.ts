import type { Executor } from '@tasklearn/core';
import { compile } from './compile.js';
import type { CompileOptions } from './compile-options.js';
import { engineNameFor } from './engine/find-engine.js';

/** Options of {@link compiledExecutor}: those of `compile`, for every function alike. */
export type CompiledExecutorOptions = Omit<CompileOptions, 'name' | 'profile'>;

/**
 * An executor that records each function once per shape and runs it natively. Where it cannot, it runs eagerly
 * and tells `onFallback`.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { compiledExecutor } from '@tasklearn/runtime';
 *
 * const noise = compiledExecutor().prepare((_: Record<string, never>, rng) => ({ z: rng.normal([3]) }));
 * const { z } = await noise.run({}, createRng(0));
 * z.shape; // => [3]
 * noise.dispose();
 * ```
 */
export function compiledExecutor(options: CompiledExecutorOptions = {}): Executor {
  const { engine = 'auto', provider = 'cpu' } = options;
  const engineName = typeof engine === 'string' ? engineNameFor(engine) : engine.name;
  return {
    name: `compiled (${engineName}, ${provider})`,
    prepare(fn, { name } = {}) {
      const compiled = compile(fn, { ...options, ...(name === undefined ? {} : { name }) });
      return {
        run: (input, rng) => compiled.run(input as never, rng),
        dispose: () => compiled.dispose(),
      };
    },
  };
}
