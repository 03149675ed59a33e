// An agent's overview: its head, its runs, its spending, live.

import type { Page } from "@playwright/test";
import { Dashboard, expect, hydrated, status, test } from "../fixtures.ts";

/** A fact of the panel "About". */
const fact = (page: Page, term: string) =>
  page.getByRole("region", { name: "About" }).locator("dl > div", { hasText: term }).getByRole("definition");

/** Comes due in a month that is not near, so that nothing fires during a test. */
const seldom = { schedule: "30 4 1 1 *", time_zone: "Europe/Berlin" };

test("an agent's page says what it is, from the dashboard and from a run", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Described", {
    ...seldom,
    description: "Reads what comes in",
    tools: ["current_time", "mcp:files/read_file"],
    timeout_s: 90,
    max_concurrent_runs: 2,
    max_steps: 7,
    run_budget_tokens: 5000,
    month_budget_tokens: 100000,
  });
  const run = await agents.runToEnd(id, "success");
  await open("/");
  await new Dashboard(page).row(name).getByRole("link", { name, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/agents/${id}$`));
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("Reads what comes in");
  await expect(fact(page, "Model")).toHaveText("demo/quick");
  await expect(fact(page, "Schedule")).toContainText("30 4 1 1 *, Europe/Berlin");
  await expect(fact(page, "Next run").getByRole("time")).toHaveText(/^in \d+ days?$/);
  await expect(fact(page, "Tools")).toContainText("current_time");
  await expect(fact(page, "Tools")).toContainText("No server is called files any more.");
  await expect(fact(page, "Time limit")).toHaveText("90 s");
  await expect(fact(page, "Max concurrent runs")).toHaveText("2");
  await expect(fact(page, "Max steps per run")).toHaveText("7");
  await expect(fact(page, "Budget per run")).toContainText("5,000 tokens");
  await expect(fact(page, "Spent this month")).toContainText(/\d+ of 100,000 tokens/);
  await expect(fact(page, "Typical run")).toHaveText("Known after 3 successful runs");
  await expect(page.getByRole("link", { name: "Chat" })).toHaveAttribute("href", `/agents/${id}/chat`);

  await new Dashboard(page).run(run).getByRole("link", { name: "Success" }).click();
  await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name }).click();
  await expect(page).toHaveURL(new RegExp(`/agents/${id}$`));
});

test("runs appear and end by themselves, and with them what was spent and what is normal", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Watched");
  const dashboard = new Dashboard(page);
  await open(`/agents/${id}`);
  await expect(page.getByText("No runs yet.")).toBeVisible();
  await expect(fact(page, "Spent this month")).toContainText("0 tokens");
  await page.getByRole("button", { name: `Run now: ${name}` }).click();
  await expect(status(dashboard.runs(name), "Success")).toHaveCount(1);
  await agents.runsToEnd(id, 2);
  await expect(status(dashboard.runs(name), "Success")).toHaveCount(3);
  await expect(fact(page, "Typical run")).toContainText("Median of the last 3 successful runs");
  await expect(fact(page, "Spent this month")).not.toHaveText(/^\$00 tokens/);
});

test("the head says how the agent stands while it runs", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/stall", "Standing");
  await open(`/agents/${id}`);
  const head = page.locator(".page__head");
  await expect(head).toContainText("Idle");
  const first = await agents.run(id);
  await expect(head).toContainText("Running");
  const second = await agents.run(id);
  await expect(head).toContainText("Running (2)");
  await agents.stop(first);
  await agents.stop(second);
  await expect(head).toContainText("Idle");
});

test("an agent is paused and resumed on its page", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Held back here", seldom);
  await open(`/agents/${id}`);
  await page.getByRole("button", { name: "Pause schedule" }).click();
  await expect(page.locator(".page__head")).toContainText("Paused");
  await expect(fact(page, "Next run")).toHaveText("Paused");
  await page.getByRole("button", { name: "Resume schedule" }).click();
  await expect(fact(page, "Next run").getByRole("time")).toHaveText(/^in \d+ days?$/);
});

test("what takes far longer than normal says so while it goes on, here, on the dashboard and on its page", async ({ page, context, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Slowed down");
  await agents.runsToEnd(id, 3);
  await agents.replace(id, { name, model: "demo/stall" });
  const run = await agents.run(id);
  await open(`/agents/${id}`);
  const dashboard = new Dashboard(page);
  await expect(dashboard.run(run)).toContainText(/\d+× slower than usual/);
  await expect(status(dashboard.run(run), "Running")).toBeVisible();
  await expect(dashboard.runs(name).last()).not.toContainText("normal");
  const other = await context.newPage();
  await other.goto(`/?agent=${id}`);
  await hydrated(other);
  await expect(new Dashboard(other).run(run)).toContainText(/\d+× slower than usual/);
  await other.goto(`/runs/${run}`);
  await hydrated(other);
  await expect(other.locator(".headline")).toContainText(/\d+× slower than usual/);
  await agents.stop(run);
  await expect(status(dashboard.run(run), "Stopped")).toBeVisible();
  await expect(dashboard.run(run), "what it took stays far from normal").toContainText(/\d+× slower than usual/);
});

test("an agent is deleted from its page", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Deleted here");
  await open(`/agents/${id}`);
  await page.getByRole("button", { name: `More actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete agent…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete agent" }).click();
  await expect(page).toHaveURL(/\/$/);
  expect((await agents.all()).map((agent) => agent.id)).not.toContain(id);
});

test.describe("an agent that is not there", () => {
  test.use({ tolerated: /status of 404/ });

  test("is said to be gone, also when it goes while it is looked at", async ({ page, open, agents }) => {
    const { id } = await agents.create("demo/quick", "Going");
    await open(`/agents/${id}`);
    await agents.delete(id);
    await expect(page.getByRole("heading", { name: "Not found" })).toBeVisible();
    await page.reload();
    await expect(page.getByText(`There is no agent #${id}.`)).toBeVisible();
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("an agent's page and its settings can be read", async ({ page, agents }) => {
    const { id, name } = await agents.create("demo/quick", "Plainly read", { ...seldom, description: "In words" });
    await agents.runToEnd(id, "success");
    await page.goto(`/agents/${id}`);
    await expect(status(new Dashboard(page).runs(name), "Success")).toBeVisible();
    await expect(fact(page, "Schedule")).toContainText("30 4 1 1 *");
    await page.getByRole("link", { name: "Settings" }).click();
    await expect(page.locator("form").getByLabel("Name")).toHaveValue(name);
    await expect(page.getByLabel("Description")).toHaveValue("In words");
    await expect(page.getByLabel("Task instructions")).toHaveValue("Say what there is to say.");
    await expect(page.getByLabel("Cron expression")).toHaveValue("30 4 1 1 *");
    await expect(page.getByRole("checkbox", { name: /current_time/ })).toBeChecked();
    await expect(page.locator("noscript p")).toHaveText(/^Changing agents needs JavaScript/);
  });
});

test("names as long as they may be keep to the page", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "x".repeat(80));
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of [`/agents/${id}`, `/agents/${id}/settings`]) {
    await open(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
});
