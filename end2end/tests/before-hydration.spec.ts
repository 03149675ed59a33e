// Clicks and typing before the page's code has taken over.

import type { Page } from "@playwright/test";
import { Dashboard, expect, hydrated, status, test } from "../fixtures.ts";

/** Keeps the page's script back until it is called. */
async function hold(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/pkg/**/*.wasm", async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

test("a caret clicked before the page is hydrated opens its row", async ({ page, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Early caret");
  await agents.runToEnd(id, "success");
  const dashboard = new Dashboard(page);
  const release = await hold(page);
  await page.goto("/", { waitUntil: "commit" });
  await dashboard.caret(name).click();
  await expect(page).toHaveURL(new RegExp(`[?]agent=${id}$`));
  await expect(status(dashboard.runs(name), "Success")).toBeVisible();
  release();
  await hydrated(page);
  await expect(dashboard.caret(name)).toHaveAttribute("aria-expanded", "true");
});

test("Run now clicked before the page is hydrated is done once", async ({ page, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Early run");
  const dashboard = new Dashboard(page);
  const release = await hold(page);
  await page.goto("/", { waitUntil: "commit" });
  await dashboard.runNow(name).click();
  await dashboard.runNow(name).click();
  release();
  await hydrated(page);
  await expect(page.getByText("Run started")).toHaveCount(1);
  await expect(dashboard.strip(name)).toHaveAccessibleName("Last run: 1 success");
  expect(await agents.runCount(id)).toBe(1);
});

test("the theme button clicked before the page is hydrated switches once", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  const release = await hold(page);
  await page.goto("/", { waitUntil: "commit" });
  await page.getByRole("button", { name: "Switch theme" }).click();
  release();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html"), "the choice lasts").toHaveAttribute("data-theme", "dark");
  await hydrated(page);
  await page.getByRole("button", { name: "Switch theme" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

test("New agent leads to its form before any page is hydrated, and what is typed there is kept", async ({ page }) => {
  const release = await hold(page);
  await page.goto("/", { waitUntil: "commit" });
  await page.getByRole("link", { name: "New agent" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "New agent" })).toBeVisible();
  // Text typed meanwhile is not lost either.
  await page.getByLabel("Name").fill("Typed early");
  await expect(page.getByRole("button", { name: "Create agent" })).toBeDisabled();
  release();
  await hydrated(page);
  await expect(page.getByRole("button", { name: "Create agent" })).toBeEnabled();
  await expect(page.getByLabel("Name")).toHaveValue("Typed early");
});

test("words searched for before the page is hydrated are kept", async ({ page, agents }) => {
  const { name } = await agents.create("demo/quick", "Early search");
  const dashboard = new Dashboard(page);
  const release = await hold(page);
  await page.goto("/", { waitUntil: "commit" });
  await page.getByRole("searchbox", { name: "Search agents" }).fill(name);
  release();
  await hydrated(page);
  await expect(page.getByRole("searchbox", { name: "Search agents" })).toHaveValue(name);
  await expect(dashboard.table.getByRole("rowheader")).toHaveCount(1);
});
