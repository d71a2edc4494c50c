export {
  type AmbiguousAttributeOptions,
  type AmbiguousAttributes,
  ambiguousAttributeDefaults,
  ambiguousAttributes,
} from './ambiguous/ambiguous-attributes.js';
export {
  type Circle,
  type CircleBoundaryOptions,
  type CirclePosterior,
  circleBoundary,
  circleBoundaryDefaults,
  circlePosterior,
  isInsideCircle,
} from './ambiguous/circle-boundary.js';
export { drawFace, faceAttributes, faceSize } from './ambiguous/draw-face.js';
export {
  type GaussianProcessOptions,
  type GaussianProcessPrediction,
  gaussianProcess,
  gaussianProcessDefaults,
  gaussianProcessPrediction,
} from './ambiguous/gaussian-process.js';
export {
  type SinusoidOrLine,
  type SinusoidOrLineOptions,
  type SinusoidOrLinePosterior,
  sinusoidOrLine,
  sinusoidOrLineAt,
  sinusoidOrLineDefaults,
  sinusoidOrLinePosterior,
} from './ambiguous/sinusoid-or-line.js';
export type { GlyphScript } from './glyphs/glyph-script.js';
export { glyphDefaults, glyphs } from './glyphs/glyphs.js';
export { type GlyphData, loadGlyphs } from './glyphs/load-glyphs.js';
export { type CueRecallOptions, cueRecall, cueRecallDefaults } from './lifetimes/cue-recall.js';
export { type LabelStreamOptions, labelStream, labelStreamDefaults } from './lifetimes/label-stream.js';
export {
  erasedBitError,
  type PatternCompletionOptions,
  patternCompletion,
  patternCompletionDefaults,
} from './lifetimes/pattern-completion.js';
export { decodeIdx, type IdxArray } from './mnist/decode-idx.js';
export { type DigitPairsOptions, digitPairs, digitPairsDefaults } from './mnist/digit-pairs.js';
export {
  type ImageParts,
  type ImageTasksOptions,
  imageTasks,
  imageTasksDefaults,
} from './mnist/image-tasks.js';
export { joinLabels, type LabelledImages, sortByClass } from './mnist/labelled-images.js';
export {
  fashionMnistClassNames,
  type MnistOptions,
  mnistClassNames,
  mnistDefaults,
  mnistEpisodes,
} from './mnist/mnist-episodes.js';
export { decodeOmniglot } from './omniglot/decode-omniglot.js';
export { type OmniglotOptions, omniglot, omniglotDefaults, omniglotImages } from './omniglot/omniglot.js';
export { type OmniglotAlphabet, omniglotIndex } from './omniglot/omniglot-index.js';
export { type OmniglotSplit, omniglotSplits } from './omniglot/omniglot-splits.js';
export { tasksPlugin } from './plugin.js';
export { type LinearOptions, linear, linearDefaults } from './regression/linear.js';
export {
  type OrientedObjectOptions,
  orientedObjectDefaults,
  orientedObjects,
} from './regression/oriented-objects.js';
export { type SinusoidOptions, sinusoidDefaults, sinusoids } from './regression/sinusoids.js';
export { fewShotDistribution } from './sampling/few-shot-distribution.js';
export {
  type EpisodeOptions,
  episodeDefaults,
  type FewShotOptions,
  fewShotDefaults,
} from './sampling/few-shot-options.js';
export { evenStarts, type ImageSet, packBits, unpackBits } from './sampling/image-set.js';
export { resizeImages } from './sampling/resize-images.js';
export type { ClassSplits } from './sampling/split-classes.js';
export { variableShots } from './sampling/variable-shots.js';
export { type ClassSequenceOptions, classSequence, classSequenceDefaults } from './streams/class-sequence.js';
export {
  type FewShotSequenceOptions,
  fewShotSequence,
  fewShotSequenceDefaults,
} from './streams/few-shot-sequence.js';
export { type ImagePart, type ImageSource, labelledImageSource } from './streams/image-source.js';
export { imageStream } from './streams/image-stream.js';
export {
  type ImageProtocol,
  type ImageStreamOptions,
  imageStreamDefaults,
  type Scenario,
} from './streams/image-stream-options.js';
export { type MeanTrackingOptions, meanTracking, meanTrackingDefaults } from './streams/mean-tracking.js';
export { type PrototypeOptions, prototypeDefaults, prototypeImages } from './streams/prototype-images.js';
export {
  type RainbowOptions,
  rainbowDefaults,
  rainbowStream,
} from './streams/rainbow-stream.js';
export {
  type SwitchingClassesOptions,
  switchingClasses,
  switchingClassesDefaults,
} from './streams/switching-classes.js';
export {
  type SwitchingPlantOptions,
  switchingPlant,
  switchingPlantDefaults,
} from './streams/switching-plant.js';
export {
  type SwitchingSinusoidOptions,
  switchingSinusoid,
  switchingSinusoidDefaults,
} from './streams/switching-sinusoid.js';
export {
  type ConflictingQuadratics,
  type ConflictingQuadraticsOptions,
  conflictingQuadratics,
  conflictingQuadraticsDefaults,
  deepValleys,
  deepValleysStarts,
} from './suites/conflicting-losses.js';
export {
  type CorrelatedRegressionOptions,
  correlatedRegression,
  correlatedRegressionDefaults,
} from './suites/correlated-regression.js';
export {
  type DescribedSinusoidsOptions,
  describedSinusoids,
  describedSinusoidsDefaults,
} from './suites/described-sinusoids.js';
export { type InMemoryTasksOptions, inMemoryTasks, type TaskItems } from './suites/in-memory-tasks.js';
export {
  type LinearEstimate,
  type LinearOracle,
  type LinearProblem,
  linearOracle,
} from './suites/linear-oracle.js';
export { type LinearSuite, linearSuite } from './suites/linear-suite.js';
export { type LinearSuiteOptions, linearSuiteDefaults } from './suites/linear-suite-options.js';
export {
  type Column,
  type ColumnDescription,
  decodeTable,
  type Table,
  type TableDescription,
} from './tabular/decode-table.js';
export { type KnownTable, knownTables } from './tabular/known-tables.js';
export { type FeatureOptions, type Features, tableFeatures } from './tabular/table-features.js';
export {
  type TableSplitOptions,
  type TableTarget,
  type TableTasks,
  tableSplitDefaults,
  tableTasks,
} from './tabular/table-tasks.js';
export {
  type GaussianClassOptions,
  gaussianClassDefaults,
  gaussianClasses,
  gaussianClassPrediction,
} from './vectors/gaussian-classes.js';
export { type GaussianOptions, gaussianDefaults, gaussianEpisodes } from './vectors/gaussian-episodes.js';
export { VERSION } from './version.js';
