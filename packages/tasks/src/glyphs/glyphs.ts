import type { EpisodicDistribution } from '@tasklearn/core';
import { fewShotDistribution } from '../sampling/few-shot-distribution.js';
import { type FewShotOptions, fewShotDefaults } from '../sampling/few-shot-options.js';
import { loadGlyphs } from './load-glyphs.js';

/** 5-way 1-shot, 15 queries per class. */
export const glyphDefaults: FewShotOptions = fewShotDefaults;

/**
 * N-way K-shot episodes of characters of many scripts: real letterforms, inside the package, no download.
 * Meta-train, meta-validation and meta-test share no script.
 *
 * Images are [28, 28, 1] in {0, 1}, ink = 1.
 *
 * @throws `INVALID_OPTION` for a value out of range, or more classes or images than a split has.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { glyphs } from '@tasklearn/tasks';
 *
 * const distribution = await glyphs({ ways: 5, shots: 1 });
 * const { support } = distribution.episodes('test', 0, 4, createRng(0));
 * support.labelled.inputs.shape; // => [4, 5, 28, 28, 1]
 * ```
 */
export async function glyphs(options: Partial<FewShotOptions> = {}): Promise<EpisodicDistribution> {
  const { images, splits } = await loadGlyphs();
  return fewShotDistribution('@tasklearn/tasks/glyphs', images, splits, { ...glyphDefaults, ...options });
}
