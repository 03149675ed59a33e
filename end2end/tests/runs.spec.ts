// Starting, watching, stopping and retrying runs.

import { Agents, Dashboard, expect, expectMade, status, test, toNewAgent } from "../fixtures.ts";

test("an agent is made, run now, and its live row goes to Success", async ({ page, open }) => {
  const dashboard = new Dashboard(page);
  const name = Agents.name("Greeter");
  await open("/");
  await toNewAgent(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Description").fill("Says hello");
  await page.getByLabel("Model").fill("demo/quick");
  await page.getByLabel("System instructions").fill("You are friendly.");
  await page.getByLabel(/^Task/).fill("Say hello.");
  await page.getByRole("button", { name: "Create agent" }).click();

  await expectMade(page, name);
  await page.getByRole("button", { name: `Run now: ${name}` }).click();
  const run = dashboard.runs(name);
  await expect(run).toHaveCount(1);
  await expect(status(run, "Success")).toBeVisible();
  await expect(run).toContainText("Manual");
});

test("a running row ticks", async ({ page, open, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/stall", "Ticker");
  await open(`/?agent=${id}`);
  await dashboard.runNow(name).click();
  const run = dashboard.runs(name);
  await expect(status(run, "Running")).toBeVisible();
  const timer = run.getByRole("timer");
  const first = await timer.textContent();
  await expect(timer).not.toHaveText(first ?? "");
  await dashboard.choose(run, "Stop");
  await expect(status(run, "Stopped")).toBeVisible();
});

test("a slow run is stopped from its menu", async ({ page, open, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/stall", "Stopper");
  const runId = await agents.run(id);
  await open(`/?agent=${id}`);
  const run = dashboard.runs(name);
  await expect(status(run, "Running")).toBeVisible();
  await dashboard.choose(run, "Stop");
  await expect(status(run, "Stopped")).toBeVisible();
  expect(await agents.runStatus(runId)).toBe("cancelled");
});

test("a failed run is retried as a new one, which succeeds", async ({ page, open, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/flaky", "Flaky");
  await agents.runToEnd(id, "failed");
  await open(`/?agent=${id}`);
  const runs = dashboard.runs(name);
  await expect(runs).toHaveCount(1);
  await dashboard.choose(runs, "Retry");
  await expect(runs).toHaveCount(2);
  await expect(status(runs.first(), "Success")).toBeVisible();
  await expect(runs.first()).toContainText("Retry");
  await expect(status(runs.last(), "Failed")).toBeVisible();
});

test("View details leads to the run's page", async ({ page, open, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/quick", "Detail");
  const runId = await agents.runToEnd(id, "success");
  await open(`/?agent=${id}`);
  await dashboard.choose(dashboard.runs(name), "View details");
  await expect(page).toHaveURL(new RegExp(`/runs/${runId}$`));
  await expect(page.getByRole("heading", { level: 1, name: `Run #${runId} of ${name}` })).toBeAttached();
  await expect(page.getByRole("main")).toContainText("Success");
  await expect(page.getByRole("heading", { name: "Steps" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Transcript" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Details" })).toBeVisible();
});

test("a run started elsewhere appears by itself", async ({ page, open, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/quick", "Elsewhere");
  await open("/");
  await dashboard.openHistory(name);
  await expect(page.getByText("No runs yet.")).toBeVisible();
  await agents.run(id);
  await expect(status(dashboard.runs(name), "Success")).toBeVisible();
  await expect(dashboard.runs(name)).toContainText("API");
});

test("the whole row leads to its run, and the tab says how the run stands", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Linked");
  const run = await agents.runToEnd(id, "success");
  await open(`/agents/${id}`);
  const row = new Dashboard(page).run(run);
  await expect(row.getByRole("link")).toHaveAccessibleName(new RegExp(`^Success: run #${run}, Today \\d\\d:\\d\\d:\\d\\d$`));
  const box = (await row.boundingBox())!;
  await row.click({ position: { x: box.width / 2, y: box.height / 2 } });
  await expect(page).toHaveURL(`/runs/${run}`);
  await expect(page).toHaveTitle(`Success · ${name} #${run} · Runboard`);
});

test("a queued run's page says how many are ahead of it, and when it was queued", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/stall", "Queue", { max_concurrent_runs: 1 });
  const first = await agents.run(id);
  const second = await agents.run(id);
  await open(`/runs/${second}`);
  await expect(page.getByText("1 run ahead")).toBeVisible();
  await expect(page.getByRole("main")).toContainText(/queued (just now|\d+ (s|min) ago)/);
  await agents.stop(first);
  await expect(page.getByText("1 run ahead")).toHaveCount(0);
  await agents.stop(second);
});

for (const width of [390, 768, 1440])
  test(`a run's page does not jump at ${width} pixels, and reads in the order in which it is seen`, async ({ page, open, agents }) => {
    const { id } = await agents.create("demo/fail", "Steady");
    const run = await agents.runToEnd(id, "failed");
    await page.setViewportSize({ width, height: 844 });
    await page.addInitScript(() => {
      Object.assign(window, { shifted: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) (window as any).shifted += (entry as any).value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await open(`/runs/${run}`);
    await expect(page.getByText("Provider answered 400")).toBeVisible();
    expect(await page.evaluate(() => (window as any).shifted)).toBeLessThanOrEqual(0.02);
    const headings = await page.locator("main h2").evaluateAll((all) => all.map((heading) => heading.textContent));
    expect(headings).toEqual(["Timeline", "Transcript", "Steps", "Details"]);
    const isOpen = await page.locator("details.folds").evaluate((details: HTMLDetailsElement) => details.open);
    expect(isOpen).toBe(width >= 640);
  });

test.describe("when an answer is lost on its way", () => {
  test.use({ tolerated: /ERR_FAILED|Failed to load resource/ });

  test("a second click starts no second run", async ({ page, open, agents }) => {
    const dashboard = new Dashboard(page);
    const { id, name } = await agents.create("demo/quick", "Clicked twice");
    await open("/");
    await page.route("**/ui/runs/start", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await dashboard.runNow(name).click();
    await expect(page.getByText(`Could not run ${name}`)).toBeVisible();
    await page.unroute("**/ui/runs/start");
    await dashboard.runNow(name).click();
    await expect(page.getByText("Run started")).toBeVisible();
    expect(await agents.runCount(id)).toBe(1);
    await dashboard.runNow(name).click();
    await expect.poll(() => agents.runCount(id), "the next click is another request").toBe(2);
  });
});
