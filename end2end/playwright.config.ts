import { defineConfig, devices } from "@playwright/test";

const desktop = { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } };
const phone = devices["Pixel 7"];
// `cargo xtask test` names the Chromium of this machine; without one Playwright uses its own.
const executablePath = process.env["DOORWARD_CHROMIUM"];

/** How a page looks is checked on every kind of screen; what it does, on one. */
const looks = /\.look\.spec\.ts$/;
/** The hosted pages must do everything without a script. */
const hosted = /hosted\/.*\.spec\.ts$/;

export default defineConfig({
  testDir: "./specs",
  // Every worker starts a server of its own; two cores carry two.
  workers: 2,
  retries: 0,
  // A whole story, with several people's browsers, on a slow machine beside another one.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env["CI"]),
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    // Recording takes a part of every story's time; nobody can open what continuous integration recorded.
    trace: process.env["CI"] ? "off" : "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        // Chromium's sandbox refuses to run as root, which continuous integration does.
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  projects: [
    { name: "desktop", use: { ...desktop, colorScheme: "light" } },
    { name: "desktop-dark", testMatch: looks, use: { ...desktop, colorScheme: "dark" } },
    { name: "phone", testMatch: looks, use: { ...phone, colorScheme: "light" } },
    { name: "phone-dark", testMatch: looks, use: { ...phone, colorScheme: "dark" } },
    { name: "without-script", testMatch: hosted, use: { ...desktop, javaScriptEnabled: false } },
  ],
});
