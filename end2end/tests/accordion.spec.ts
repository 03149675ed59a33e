// Opening and closing rows of the dashboard, and the address that follows.

import { Dashboard, expect, test } from "../fixtures.ts";

test("one row is open at a time, and the address says which", async ({ page, open, agents }) => {
  const [a, b] = [await agents.create("demo/quick", "First"), await agents.create("demo/quick", "Second")];
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.openHistory(a.name);
  await expect(page).toHaveURL(new RegExp(`/\\?agent=${a.id}$`));
  await dashboard.openHistory(b.name);
  await expect(page).toHaveURL(new RegExp(`/\\?agent=${b.id}$`));
  await expect(dashboard.caret(a.name)).toHaveAttribute("aria-expanded", "false");
  await dashboard.caret(b.name).click();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByText("No runs yet.")).toHaveCount(0);
});

test("a click on empty space of the row opens it; its controls do their own thing", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Spacious");
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.row(name).getByText("Never").click();
  await expect(dashboard.caret(name)).toHaveAttribute("aria-expanded", "true");
  await dashboard.runNow(name).click();
  await expect(dashboard.runs(name)).toHaveCount(1);
  await expect(dashboard.caret(name)).toHaveAttribute("aria-expanded", "true");
  await dashboard.row(name).getByText("Manual").click();
  await expect(dashboard.caret(name)).toHaveAttribute("aria-expanded", "false");
  await dashboard.row(name).getByRole("link", { name, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/agents/${id}$`));
});

test("back and forward walk through what was open", async ({ page, open, agents }) => {
  const [a, b] = [await agents.create("demo/quick", "Earlier"), await agents.create("demo/quick", "Later")];
  await agents.runsToEnd(a.id, 6);
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.openHistory(a.name);
  await expect(dashboard.runs(a.name)).toHaveCount(5);
  await page.getByRole("link", { name: "Show 6" }).click();
  await expect(dashboard.runs(a.name)).toHaveCount(6);
  await dashboard.openHistory(b.name);
  await expect(page.getByText("No runs yet.")).toBeVisible();

  await page.goBack();
  await expect(dashboard.runs(a.name)).toHaveCount(6);
  await page.goBack();
  await expect(dashboard.runs(a.name)).toHaveCount(5);
  await page.goBack();
  await expect(dashboard.caret(a.name)).toHaveAttribute("aria-expanded", "false");
  for (let step = 0; step < 3; step += 1) await page.goForward();
  await expect(dashboard.caret(b.name)).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByText("No runs yet.")).toBeVisible();
});

test("back from a run's page finds the row as it was", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Returned to");
  await agents.runsToEnd(id, 6);
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}&all=1`);
  await expect(dashboard.runs(name)).toHaveCount(6);
  await dashboard.runs(name).last().getByRole("link").click();
  await expect(page).toHaveURL(/\/runs\/\d+$/);
  await page.goBack();
  await expect(dashboard.runs(name)).toHaveCount(6);
});

test("five runs are shown, or all on demand, and a link to that keeps it", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Many runs");
  const runs = await agents.runsToEnd(id, 7);
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  await expect(dashboard.runs(name)).toHaveCount(5);
  await expect(dashboard.run(runs.at(-1)!)).toBeVisible();
  const all = page.getByRole("link", { name: "Show 7" });
  await expect(all).toHaveAttribute("aria-expanded", "false");
  await all.click();
  await expect(dashboard.runs(name)).toHaveCount(7);
  await expect(page).toHaveURL(new RegExp(`\\?agent=${id}&all=1$`));
  await expect(page.getByRole("link", { name: "Show fewer" })).toBeFocused();
  await page.reload();
  await expect(dashboard.runs(name)).toHaveCount(7);
  await page.getByRole("link", { name: "Show fewer" }).click();
  await expect(dashboard.runs(name)).toHaveCount(5);
});

test("closed rows stay live: status, strip and last run", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/stall", "Closed but live");
  const dashboard = new Dashboard(page);
  await open("/");
  const row = dashboard.row(name);
  await expect(row).toContainText("Never");
  await expect(dashboard.strip(name)).toHaveAccessibleName("No runs yet");
  await agents.run(id);
  await expect(row).toContainText("Running");
  await expect(dashboard.strip(name)).toHaveAccessibleName("Last run: 1 running");
  await expect(row).toContainText("API");
  const second = await agents.run(id);
  await expect(row).toContainText("Running (2)");
  await agents.stop(second);
  await expect(dashboard.strip(name)).toHaveAccessibleName("Last 2 runs: 1 running, 1 stopped");
});

test("a bar under the pointer says which run it is", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/fail", "Pointed at");
  const run = await agents.runToEnd(id, "failed");
  const dashboard = new Dashboard(page);
  await open("/");
  const strip = dashboard.strip(name);
  const { width, height } = (await strip.boundingBox())!;
  await strip.hover({ position: { x: width - 3, y: height / 2 } });
  const tip = page.locator(".tip");
  await expect(tip).toContainText(/^Failed/);
  await expect(tip).toContainText(`#${run}`);
  await expect(tip).toContainText(/Today \d/);
  await strip.hover({ position: { x: 3, y: height / 2 } });
  await expect(tip, "no run stands there").toHaveCount(0);
  await strip.click({ position: { x: 3, y: height / 2 } });
  await expect(dashboard.caret(name), "the place of no run is the row").toHaveAttribute("aria-expanded", "true");
  await strip.click({ position: { x: width - 3, y: height / 2 } });
  await expect(page).toHaveURL(`/runs/${run}`);
});

test("a row whose last run failed says with what", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/fail", "Says why");
  const row = new Dashboard(page).row(name);
  await open("/");
  await agents.runToEnd(id, "failed");
  await expect(row).toContainText("400 Bad Request: The model demo/fail always fails.");
});
