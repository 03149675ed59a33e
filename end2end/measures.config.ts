// Playwright's settings for the measurements.

import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** Pages' cost to the browser; `scripts/measure-pages.sh` runs it on a release. Measurements to read, not tests. */
export default defineConfig({ ...config, testDir: "measures", testMatch: "*.ts", workers: 1, reporter: [["list"]] });
