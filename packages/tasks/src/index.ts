export type { GlyphScript } from './glyphs/glyph-script.js';
export { glyphDefaults, glyphs } from './glyphs/glyphs.js';
export { type GlyphData, loadGlyphs } from './glyphs/load-glyphs.js';
export {
  type OmniglotData,
  type OmniglotOptions,
  omniglot,
  omniglotData,
  omniglotDefaults,
} from './omniglot/omniglot.js';
export type { OmniglotIndex } from './omniglot/omniglot-index.js';
export { type OmniglotSplit, omniglotSplits } from './omniglot/omniglot-splits.js';
export { tasksPlugin } from './plugin.js';
export { type SinusoidOptions, sinusoidDefaults, sinusoids } from './regression/sinusoids.js';
export { fewShotDistribution } from './sampling/few-shot-distribution.js';
export { type FewShotOptions, fewShotDefaults } from './sampling/few-shot-options.js';
export { evenStarts, type ImageSet, unpackBits } from './sampling/image-set.js';
export type { ClassSplits } from './sampling/split-classes.js';
export { VERSION } from './version.js';
