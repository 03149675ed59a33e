// Playwright's settings for the end-to-end tests: browser, workers, traces.

import { defineConfig } from "@playwright/test";

/** Debian's Chromium, as root and without a network beyond this machine; Playwright's own download is not needed. */
const chromium = {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // A test that passes the second time has found something: it is mended, not repeated.
  retries: 0,
  // One server per worker (fixtures.ts); more than two of them slow each other down.
  workers: 2,
  // Where a test that hangs is given up, not how long anything may take: beside other work, everything takes a multiple.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: process.env.CI ? [["list"], ["html", { open: "never" }]] : [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: chromium,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    // Without a film of the page, which took a quarter of the time; what the page was is kept at each step.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true },
    screenshot: "only-on-failure",
  },
});
