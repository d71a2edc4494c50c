export { BACKEND_ORDER, type BackendName } from './backend-name.js';
export type { BackendOptions } from './backend-options.js';
export { type BackendChoice, chooseBackend, chosenBackend } from './choose-backend.js';
export { inspectBackends } from './inspect-backends.js';
export { type EngineReport, inspectEngines } from './inspect-engines.js';
export type { BackendReport } from './start-backend.js';
