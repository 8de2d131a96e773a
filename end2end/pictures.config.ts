import { defineConfig } from "@playwright/test";

import tests from "./playwright.config.ts";

/** Makes the pictures of the documents from the real pages: `npm run pictures`. */
export default defineConfig({
  ...tests,
  testDir: "./pictures",
  outputDir: "./test-results/pictures",
  projects: [{ name: "pictures" }],
  use: { ...tests.use, viewport: { width: 1280, height: 800 }, colorScheme: "light", trace: "off" },
});
