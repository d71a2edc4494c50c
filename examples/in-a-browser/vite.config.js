import { defineConfig } from 'vite';

// The engine's threads share memory, which a page may do only where it is isolated from others.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  base: './',
  build: { outDir: 'dist/page', target: 'es2022', chunkSizeWarningLimit: 4000, reportCompressedSize: false },
  server: { headers },
  preview: { headers },
});
