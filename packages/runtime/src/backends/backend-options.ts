/** How backends are found. */
export interface BackendOptions {
  /**
   * Where the browser fetches the `.wasm` files: a folder's address with a trailing slash, or an address per file.
   * Not needed in Node.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
  /**
   * How to import optional packages in a bundled page, where `import('...')` must stand in the page's own source:
   * `{ wasm: () => import('@tensorflow/tfjs-backend-wasm') }`. Not needed in Node.
   */
  readonly loaders?: Readonly<
    Partial<Record<'node-gpu' | 'node' | 'webgpu' | 'wasm', () => Promise<unknown>>>
  >;
}
