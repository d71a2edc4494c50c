export { templatePlugin } from './plugin.js';
export { createRidgeHead, type RidgeHeadOptions, ridgeHeadDefaults } from './ridge-head.js';
export { VERSION } from './version.js';
