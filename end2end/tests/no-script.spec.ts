// Pages without JavaScript.

import { Dashboard, expect, status, test } from "../fixtures.ts";

test.use({ javaScriptEnabled: false });

test("the dashboard is complete without JavaScript", async ({ page, agents }) => {
  const dashboard = new Dashboard(page);
  const { name } = await agents.create("demo/quick", "Plain");
  await page.goto("/");
  await expect(dashboard.table).toBeVisible();
  await expect(dashboard.row(name)).toBeVisible();
  // Playwright looks for no texts within noscript.
  const live = page.getByRole("banner").locator("noscript span");
  await expect(live).toBeVisible();
  await expect(live).toHaveText("Live updates need JavaScript");
  await expect(page.getByText("Not live")).toBeHidden();
  await page.getByRole("link", { name: "New agent" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "New agent" })).toBeVisible();
  await expect(page.locator("form noscript p")).toBeVisible();
});

test("an agent's runs are at /?agent=ID without JavaScript", async ({ page, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/quick", "Reader");
  await agents.runToEnd(id, "success");
  await page.goto(`/?agent=${id}`);
  await expect(status(dashboard.runs(name), "Success")).toBeVisible();
});

test("the caret opens and closes a row without JavaScript", async ({ page, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/quick", "Caret");
  await agents.runToEnd(id, "success");
  await page.goto("/");
  await dashboard.caret(name).click();
  await expect(page).toHaveURL(new RegExp(`[?]agent=${id}$`));
  await expect(status(dashboard.runs(name), "Success")).toBeVisible();
  await dashboard.caret(name).click();
  await expect(dashboard.runs(name)).toHaveCount(0);
});

test("a run's page is complete without JavaScript", async ({ page, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Page");
  const run = await agents.runToEnd(id, "success");
  await page.goto(`/runs/${run}`);
  await expect(page.getByRole("heading", { level: 1, name: `Run #${run} of ${name}` })).toBeAttached();
  await expect(page.getByRole("main")).toContainText("Success");
  await expect(page.getByRole("table", { name: "Timeline" }).getByRole("link", { name: "Model call 1" })).toBeVisible();
});

test("a run is there as JSON without JavaScript", async ({ page, agents }) => {
  const { id } = await agents.create("demo/quick", "Raw");
  const run = await agents.runToEnd(id, "success");
  await page.goto(`/runs/${run}`);
  await page.getByRole("link", { name: "Raw JSON" }).click();
  await expect(page).toHaveURL(`/runs/${run}/raw`);
  await expect(page.getByRole("region", { name: "The run as JSON" })).toContainText(`"id": ${run},`);
  await expect(page.getByRole("link", { name: "Download" })).toBeVisible();
});
