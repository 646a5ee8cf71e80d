import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const assets = new URL("../../../assets/canvas", import.meta.url).pathname;

export default defineConfig({
  plugins: [react()],
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: assets,
    emptyOutDir: true,
    target: "es2022",
    // Older targets make the bundler rewrite light-dark(), which then ignores the page's theme.
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    cssCodeSplit: false,
    license: { fileName: "LICENSES.md" },
    lib: { entry: "src/index.tsx", formats: ["es"], fileName: () => "canvas.js", cssFileName: "canvas" },
    // The ES library format keeps whitespace unless the bundler itself is told to minify.
    rolldownOptions: { output: { minify: true } },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
