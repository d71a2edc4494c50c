export { metaRlPlugin } from './plugin.js';
export { VERSION } from './version.js';
