// Playwright's settings for the README's pictures.

import { defineConfig } from "@playwright/test";
import config from "./playwright.config.ts";

/** The pictures of the README; `scripts/screenshots.sh` makes them. */
export default defineConfig({ ...config, testDir: "screenshots", testMatch: "*.ts", workers: 1, reporter: [["list"]] });
