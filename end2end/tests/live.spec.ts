// Updates that reach an open dashboard, and what must not move meanwhile.

import { Dashboard, expect, status, test } from "../fixtures.ts";

test("a run started through the REST API shows by itself, from Queued to its end", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/stall", "From curl", { max_concurrent_runs: 1 });
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  await expect(page.getByText("No runs yet.")).toBeVisible();
  const first = await agents.run(id);
  await expect(status(dashboard.run(first), "Running")).toBeVisible();
  const second = await agents.run(id);
  await expect(status(dashboard.run(second), "Queued")).toBeVisible();
  await expect(dashboard.runs(name).first(), "newest first").toHaveAttribute("data-run", `${second}`);
  await agents.stop(first);
  await expect(status(dashboard.run(first), "Stopped")).toBeVisible();
  await expect(status(dashboard.run(second), "Running")).toBeVisible();
  await agents.stop(second);
  await expect(status(dashboard.run(second), "Stopped")).toBeVisible();
});

test("the columns stay where they are while a run waits, begins and ends", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/stall", "In place", { max_concurrent_runs: 1 });
  const dashboard = new Dashboard(page);
  const first = await agents.run(id);
  await open(`/?agent=${id}`);
  await expect(status(dashboard.run(first), "Running")).toBeVisible();
  const columns = () => page.locator(".runs thead th, .agents > thead th").evaluateAll((all) => all.map((head) => Math.round(head.getBoundingClientRect().x)));
  const before = await columns();
  const second = await agents.run(id);
  await expect(status(dashboard.run(second), "Queued")).toBeVisible();
  expect(await columns(), "while one waits").toEqual(before);
  await agents.stop(first);
  await expect(status(dashboard.run(second), "Running")).toBeVisible();
  expect(await columns(), "once it runs").toEqual(before);
  await agents.stop(second);
  await expect(status(dashboard.run(second), "Stopped")).toBeVisible();
  expect(await columns(), "when both are over").toEqual(before);
});

test("a run that is told to stop says so until it has", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/stall", "Stopping");
  const run = await agents.run(id);
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  await expect(status(dashboard.run(run), "Running")).toBeVisible();
  const words = await page.evaluateHandle((selector) => {
    const [row, words] = [document.querySelector(selector)!, new Set<string>()];
    new MutationObserver(() => words.add(row.querySelector(".status")!.textContent!)).observe(row, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    return words;
  }, `tr[data-run="${run}"]`);
  await dashboard.choose(dashboard.runs(name), "Stop");
  await expect(status(dashboard.run(run), "Stopped")).toBeVisible();
  const seen = await words.evaluate((words) => [...words].filter((word) => word !== "Running"));
  expect(seen).toEqual(["Stopping…", "Stopped"]);
});

test("new runs leave an open menu on its run, and its items act on that run", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/stall", "Menu kept", { max_concurrent_runs: 30 });
  const mine = await agents.run(id);
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  await dashboard.run(mine).getByRole("button").click();
  const menu = page.getByRole("menu", { name: `Actions for run #${mine}` });
  await expect(menu.getByRole("menuitem", { name: "View details" })).toBeFocused();
  await page.keyboard.press("End");
  const later: number[] = [];
  for (let n = 0; n < 21; n += 1) later.push(await agents.run(id));
  await expect(dashboard.run(later.at(-1)!)).toBeVisible();
  await expect(menu).toBeVisible();
  await expect(menu.getByRole("menuitem", { name: "Stop" })).toBeFocused();
  await expect(menu.getByRole("menuitem", { name: "View details" })).toHaveAttribute("href", `/runs/${mine}`);
  await expect(dashboard.runs(name), "the newest five and the one that is kept").toHaveCount(6);
  await page.keyboard.press("Enter");
  await expect(status(dashboard.run(mine), "Stopped")).toBeVisible();
  expect(await agents.runStatus(mine)).toBe("cancelled");
  for (const run of later) expect(await agents.runStatus(run)).not.toBe("cancelled");

  // Its button has the focus, so it stays until that has gone elsewhere.
  await expect(dashboard.run(mine).getByRole("button")).toBeFocused();
  await dashboard.caret(name).focus();
  await expect(dashboard.run(mine)).toHaveCount(0);
  await expect(dashboard.runs(name)).toHaveCount(5);
  await agents.delete(id);
});

test("new runs leave the focus and the scroll position where they are", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Focus kept");
  const [mine] = await agents.runsToEnd(id, 1);
  for (let n = 0; n < 12; n += 1) await agents.create("demo/quick", "Below");
  const dashboard = new Dashboard(page);
  await page.setViewportSize({ width: 1000, height: 500 });
  await open(`/?agent=${id}`);
  const link = dashboard.run(mine!).getByRole("link");
  await link.focus();
  // Content above the window's edge may grow; the lines being read must not move.
  await link.evaluate((element) => element.scrollIntoView({ block: "start" }));
  await agents.runsToEnd(id, 6);
  await expect(dashboard.runs(name)).toHaveCount(6);
  await expect(dashboard.strip(name)).toHaveAccessibleName("Last 7 runs: 7 success");
  await expect(link).toBeFocused();
  await expect(link, "what is read stays in sight").toBeInViewport();

  // Moving on within the row keeps it; leaving it lets it go.
  await page.keyboard.press("Tab");
  await expect(dashboard.run(mine!).getByRole("button")).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(link).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(dashboard.runs(name)).toHaveCount(5);
  await expect(dashboard.runs(name).last().getByRole("button")).toBeFocused();
});
