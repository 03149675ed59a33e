// The page of all agents' runs: filters, pages, live changes, export.

import type { Locator, Page } from "@playwright/test";
import {
  Agents,
  expect,
  expectAccessible,
  expectNoHorizontalScroll,
  hydrated,
  ownServer,
  status,
  test,
} from "../fixtures.ts";

/** The rows of the list, newest first, without those that show an error. */
const rows = (page: Page): Locator => page.getByRole("table", { name: "Runs, newest first" }).locator("tr[data-run]");

const row = (page: Page, run: number): Locator => page.locator(`tr[data-run="${run}"]`);

/** Numbers of the runs that are shown. */
const shown = (page: Page): Promise<number[]> =>
  rows(page).evaluateAll((all) => all.map((row) => Number(row.getAttribute("data-run"))));

const chip = (page: Page, words: string): Locator => page.locator(".chip").filter({ hasText: words });

/** Chooses from one of the popovers of the form, and applies it. */
async function choose(page: Page, button: string, fill: (dialog: Locator) => Promise<void>): Promise<void> {
  await page.getByRole("button", { name: new RegExp(`^${button}`) }).click();
  const dialog = page.getByRole("dialog", { name: button });
  await fill(dialog);
  await dialog.getByRole("button", { name: "Apply" }).click();
}

test("runs of all agents are listed, with what each was and where it leads", async ({ page, agents, open }) => {
  const [fine, broken] = [await agents.create("demo/quick", "Fine"), await agents.create("demo/fail", "Broken")];
  const success = await agents.runToEnd(fine.id, "success");
  const failed = await agents.runToEnd(broken.id, "failed");
  await open("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Runs" }).click();
  await expect(page).toHaveURL("/runs");
  await hydrated(page);
  await expect(page.getByRole("link", { name: "Runs", exact: true })).toHaveAttribute("aria-current", "page");
  expect((await shown(page)).slice(0, 2)).toEqual([failed, success]);
  await expect(row(page, success)).toContainText(fine.name);
  await expect(row(page, failed).locator("+ .run-error")).toBeVisible();
  await row(page, success).getByRole("link", { name: fine.name }).last().click();
  await expect(page).toHaveURL(`/agents/${fine.id}`);
  await page.goBack();
  await hydrated(page);
  await status(row(page, failed), /^Failed/).click();
  await expect(page).toHaveURL(`/runs/${failed}`);
  await expect(page.getByRole("link", { name: "Runs", exact: true })).toHaveAttribute("aria-current", "true");
});

test("filters are in the address, and each chip takes one away", async ({ page, agents, open }) => {
  const [mine, other] = [await agents.create("demo/fail", "Narrow"), await agents.create("demo/quick", "Wide")];
  const failed = await agents.runToEnd(mine.id, "failed");
  await agents.runToEnd(other.id, "success");
  await open("/runs");
  await choose(page, "Status", async (dialog) => {
    await dialog.getByLabel("Failed").check();
    await dialog.getByLabel("Skipped").check();
  });
  await expect(page).toHaveURL("/runs?status=failed,skipped");
  await hydrated(page);
  await choose(page, "Agent", (dialog) => dialog.getByLabel(mine.name).check());
  await expect(page).toHaveURL(new RegExp(`agent=${mine.id}`));
  await hydrated(page);
  await choose(page, "Time", (dialog) => dialog.getByLabel("Last 24 h").check());
  await expect(page).toHaveURL(/period=24h/);
  await hydrated(page);
  await expect(chip(page, "Last 24 h")).toBeVisible();
  await expect(chip(page, mine.name)).toBeVisible();
  await expect(chip(page, "Failed, Skipped")).toBeVisible();
  await expect.poll(() => shown(page)).toEqual([failed]);
  await expectAccessible(page);
  await page.getByRole("link", { name: "Remove the filter Status" }).click();
  await expect(page).toHaveURL(`/runs?agent=${mine.id}&period=24h`);
  await hydrated(page);
  await page.getByRole("link", { name: "Show totals" }).click();
  await expect(page.locator(".totals")).toContainText("1 run");
  await page.getByRole("link", { name: "Clear all" }).click();
  await expect(page).toHaveURL("/runs?include=totals");
});

test("what is seldom needed is behind one button, and times are the reader's own", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "More");
  const data = { input: "Order 4711", tags: ["webhooks"], metadata: { order: 17 } };
  const started = await page.request.post(`/api/agents/${id}/runs`, { data });
  const { run_id: run } = await started.json();
  await agents.runToEnd(id, "success");
  await open("/runs");
  await choose(page, "More filters", async (dialog) => {
    await expectAccessible(page);
    await dialog.getByLabel("Tag", { exact: true }).fill("webhooks");
    await dialog.getByLabel("Metadata").fill("order=17");
    await dialog.getByLabel("Retried").selectOption("no");
  });
  await expect(page).toHaveURL(/metadata\.order=17/);
  await hydrated(page);
  await expect.poll(() => shown(page)).toEqual([run]);
  await choose(page, "More filters", async (dialog) => {
    await expect(dialog.getByLabel("Metadata")).toHaveValue("order=17");
    await dialog.getByLabel("Metadata").fill("");
  });
  await expect(page).not.toHaveURL(/metadata/);
  await hydrated(page);
  await page.getByRole("searchbox").fill("order 4711");
  await page.getByRole("searchbox").press("Enter");
  await expect(chip(page, "order 4711")).toBeVisible();
  await expect.poll(() => shown(page)).toEqual([run]);
});

test.describe("in another zone", () => {
  test.use({ timezoneId: "America/New_York" });

  test("a custom range is sent as UTC", async ({ page, open }) => {
    await open("/runs");
    await choose(page, "Time", async (dialog) => {
      await dialog.getByLabel("From").fill("2026-01-05T10:00");
      await dialog.getByLabel("Until").fill("2036-01-05T10:00");
    });
    await expect(page).toHaveURL(/from=2026-01-05T15:00:00.000Z&to=2036-01-05T15:00:00.000Z/);
    await hydrated(page);
    await page.getByRole("button", { name: /^Time/ }).click();
    await expect(page.getByRole("dialog", { name: "Time" }).getByLabel("From")).toHaveValue("2026-01-05T10:00");
  });
});

test("a filter that cannot be used is named, and everything is one click away", async ({ page, open }) => {
  const response = await page.request.get("/runs?status=broken");
  expect(response.status()).toBe(422);
  await open("/runs?q=nothing-has-this");
  await expect(page.getByRole("heading", { name: "No matching runs" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await expect(page).toHaveURL("/runs?view=all");
});

test("pages lead to older runs and back, with the filter", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Pages", { max_concurrent_runs: 10 });
  const runs = (await agents.runsToEnd(id, 5)).toReversed();
  await open(`/runs?agent=${id}&limit=2`);
  await expect.poll(() => shown(page)).toEqual(runs.slice(0, 2));
  for (const part of [runs.slice(2, 4), runs.slice(4)]) {
    await page.getByRole("link", { name: "Older" }).click();
    await expect.poll(() => shown(page)).toEqual(part);
  }
  await expect(page.getByRole("link", { name: "Older" })).toHaveCount(0);
  await page.getByRole("link", { name: "Newer", exact: true }).click();
  await expect.poll(() => shown(page)).toEqual(runs.slice(2, 4));
  await page.getByRole("link", { name: "Newest" }).click();
  await expect.poll(() => shown(page)).toEqual(runs.slice(0, 2));
  await expect(chip(page, "Agent")).toBeVisible();
});

test("rows change in place, and new runs wait until they are asked for", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/stall", "Live", { max_concurrent_runs: 10 });
  const first = await agents.run(id);
  await open(`/runs?agent=${id}`);
  await expect(status(row(page, first), /^Running/)).toBeVisible();
  const second = await agents.run(id);
  const third = await agents.run(id);
  const pill = page.getByRole("button", { name: "2 new runs" });
  await expect(pill).toBeVisible();
  await expect.poll(() => shown(page)).toEqual([first]);
  await agents.stop(first);
  await expect(status(row(page, first), /^Stopped/)).toBeVisible();
  await expectAccessible(page);
  await pill.click();
  await expect.poll(() => shown(page)).toEqual([third, second, first]);
  await expect(page.getByRole("button", { name: /new run/ })).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Runs" })).toBeFocused();
  await agents.stop(second);
  await agents.stop(third);
  await expect(status(row(page, third), /^Stopped/)).toBeVisible();
});

test("what is shown stays once the filter would no longer have it", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/stall", "Stays", { max_concurrent_runs: 10 });
  const run = await agents.run(id);
  await open(`/runs?agent=${id}&status=queued%2Crunning`);
  await expect(row(page, run)).toBeVisible();
  await agents.stop(run);
  await expect(status(row(page, run), /^Stopped/)).toBeVisible();
});

test("a run is retried and stopped from its menu", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Menu");
  const run = await agents.runToEnd(id, "success");
  await open(`/runs?agent=${id}`);
  await row(page, run).getByRole("button", { name: `Actions for run #${run}` }).click();
  await page.getByRole("menuitem", { name: "Retry", exact: true }).click();
  await expect(page.getByRole("button", { name: "1 new run" })).toBeVisible();
});

const box = (page: Page, run: number): Locator => page.getByRole("checkbox", { name: `Select run #${run}`, exact: true });

test("selected runs are tagged and retried, each with a result that is found again", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Bulk");
  const [first, second, third] = (await agents.runsToEnd(id, 3)) as [number, number, number];
  await open(`/runs?agent=${id}`);
  await box(page, first).check();
  await box(page, second).check();
  const bar = page.getByRole("region", { name: "Selection" });
  await expect(bar).toContainText("2 runs selected");
  await bar.getByRole("button", { name: "Tags…" }).click();
  const tags = page.getByRole("dialog", { name: "Change the tags of 2 runs" });
  await tags.getByLabel("Tags to add").fill("checked");
  await expectAccessible(page);
  await tags.getByRole("button", { name: "Change tags" }).click();
  const panel = page.getByRole("region", { name: "Changing the tags of 2 runs" });
  await expect(panel).toBeFocused();
  await expect(panel).toContainText("2 done");
  await expect(panel.getByRole("heading", { level: 2 })).toHaveText("Changing the tags of 2 runs: finished");
  await expect(bar).toBeHidden();
  await expect(row(page, first)).toContainText("checked");
  await expect(row(page, third)).not.toContainText("checked");
  await expectAccessible(page);

  await page.getByRole("checkbox", { name: "Select all runs on this page" }).check();
  await expect(bar).toContainText("3 runs selected");
  await bar.getByRole("button", { name: "Retry…" }).click();
  await page.getByRole("dialog", { name: "Retry 3 runs?" }).getByRole("button", { name: "Retry 3 runs" }).click();
  const retries = page.getByRole("region", { name: "Retrying 3 runs: finished" });
  await expect(retries).toContainText("3 done");
  await page.reload();
  await hydrated(page);
  await retries.getByRole("button", { name: "Show all results" }).click();
  await expect(retries.getByRole("listitem")).toHaveCount(3);
  await expect(retries.getByRole("link", { name: `#${first}`, exact: true })).toBeVisible();
  await retries.getByRole("button", { name: /^Close/ }).click();
  await expect(retries).toBeHidden();
  await expect(page).toHaveURL(`/runs?agent=${id}`);
});

test("all that match the filter are counted before anything is done", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Whole");
  const runs = await agents.runsToEnd(id, 3);
  await open(`/runs?agent=${id}&limit=2`);
  await page.getByRole("checkbox", { name: "Select all runs on this page" }).check();
  await page.getByRole("button", { name: "Select all that match the filter" }).click();
  const bar = page.getByRole("region", { name: "Selection" });
  await expect(bar).toContainText("All 3 that match the filter selected");
  await bar.getByRole("button", { name: "Stop…" }).click();
  await page.getByRole("dialog", { name: "Stop 3 runs?" }).getByRole("button", { name: "Stop 3 runs" }).click();
  const panel = page.getByRole("region", { name: "Stopping 3 runs: finished" });
  await expect(panel).toContainText("3 unchanged");
  await panel.getByRole("button", { name: "Show all results" }).click();
  await expect(panel.getByRole("listitem").first()).toContainText(`Run #${runs[2]} is over`);
});

test("runs that are deleted vanish from the page; those that are kept stay and say why", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Deleted");
  const [kept, first, second] = (await agents.runsToEnd(id, 3)) as [number, number, number];
  expect((await page.request.put(`/api/runs/${kept}/kept`)).ok()).toBe(true);
  await open(`/runs?agent=${id}`);
  await page.getByRole("checkbox", { name: "Select all runs on this page" }).check();
  await page.getByRole("region", { name: "Selection" }).getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 3 runs?" });
  await expect(dialog).toContainText("This cannot be undone.");
  await expect(dialog).toContainText("What it cost stays in the figures");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Delete 3 runs" }).click();
  const panel = page.getByRole("region", { name: "Deleting 3 runs: finished" });
  await expect(panel).toContainText("2 done, 1 unchanged");
  await expect(row(page, first)).toBeHidden();
  await expect(row(page, second)).toBeHidden();
  await expect(row(page, kept)).toBeVisible();
  await panel.getByRole("button", { name: "Show all results" }).click();
  await expect(panel.getByRole("listitem").filter({ hasText: `#${kept}` })).toContainText("kept for good: release it");
  expect((await page.request.get(`/api/runs/${first}`)).status()).toBe(404);
});

ownServer("a filter is saved under a name, and the page opens with it", async ({ page, own }) => {
  await page.goto(`${own.url}/runs?status=failed`);
  await hydrated(page);
  const menu = page.getByRole("dialog", { name: "Saved views" });
  await page.getByRole("button", { name: "Views" }).click();
  await expect(menu).toContainText("Save a filter under a name");
  await menu.getByRole("button", { name: "Save this view…" }).click();
  const saving = page.getByRole("dialog", { name: "Save this view" });
  await saving.getByLabel("Name").fill("Broken");
  await saving.getByLabel("Open Runs with it").check();
  await expectAccessible(page);
  await saving.getByRole("button", { name: "Save view" }).click();
  await expect(saving).toBeHidden();

  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Runs" }).click();
  await expect(page).toHaveURL(`${own.url}/runs?status=failed`);
  await hydrated(page);
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "All runs" }).click();
  await expect(page).toHaveURL(`${own.url}/runs?view=all`);
  await hydrated(page);
  await page.getByRole("button", { name: "Views" }).click();
  await menu.getByRole("button", { name: "Edit Broken" }).click();
  const editing = page.getByRole("dialog", { name: "View Broken" });
  await editing.getByLabel("Name").fill("What failed");
  await editing.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("button", { name: "Views" }).click();
  await menu.getByRole("link", { name: "What failed" }).click();
  await expect(page).toHaveURL(`${own.url}/runs?status=failed`);
  await hydrated(page);
  await page.getByRole("button", { name: "Views" }).click();
  await menu.getByRole("button", { name: "Edit What failed" }).click();
  await page.getByRole("dialog", { name: "View What failed" }).getByRole("button", { name: "Delete view" }).click();
  await page.goto(`${own.url}/runs`);
  await expect(page).toHaveURL(`${own.url}/runs`);
});

for (const width of [390, 768, 1440]) {
  test(`at ${width} px everything is within reach`, async ({ page, agents, open }) => {
    const [fine, broken] = [await agents.create("demo/quick", "Wide"), await agents.create("demo/fail", "Wide broken")];
    await agents.runToEnd(fine.id, "success");
    await agents.runToEnd(broken.id, "failed");
    await page.setViewportSize({ width, height: 900 });
    await open("/runs?period=24h&include=totals");
    await expectNoHorizontalScroll(page);
    await expectAccessible(page);
    for (const name of ["Status", "Time", "Agent", "More filters"]) {
      await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
      const dialog = page.getByRole("dialog", { name });
      const box = await dialog.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= width, `${name} is within the window`).toBe(true);
      await page.keyboard.press("Escape");
    }
  });
}

test.describe("without JavaScript", () => {
  // The browser names the status of a page that it is refused.
  test.use({ javaScriptEnabled: false, tolerated: /status of 422/ });

  test("runs are listed, narrowed and paged", async ({ page, agents }) => {
    const { id, name } = await agents.create("demo/quick", "Plain");
    const runs = (await agents.runsToEnd(id, 3)).toReversed();
    await page.goto("/runs");
    await choose(page, "Agent", (dialog) => dialog.getByLabel(name).check());
    await expect(page).toHaveURL(`/runs?agent=${id}`);
    await expect.poll(() => shown(page)).toEqual(runs);
    await expect(page.locator(".col-check").first(), "nothing could be done with a selection").toBeHidden();
    await choose(page, "Time", (dialog) => dialog.getByLabel("From (UTC)").fill("2026-01-05T10:00"));
    await expect(page).toHaveURL(/from=2026-01-05T10:00:00.000Z/);
    await page.goto(`/runs?agent=${id}&limit=2`);
    await page.getByRole("link", { name: "Older" }).click();
    await expect.poll(() => shown(page)).toEqual(runs.slice(2));
    await page.getByRole("link", { name: "Remove the filter Agent" }).click();
    await expect(page).toHaveURL("/runs?limit=2");
  });

  test("a filter that cannot be used is named", async ({ page }) => {
    await page.goto("/runs?status=broken");
    await expect(page.getByRole("alert")).toContainText("status: \"broken\" is not one of queued");
    await page.getByRole("link", { name: "Show all runs" }).click();
    await expect(page).toHaveURL("/runs?view=all");
  });

});

ownServer("without any run it says how there will be one", async ({ page, own }) => {
  await page.goto(`${own.url}/runs`);
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "No runs yet" })).toBeVisible();
  const agents = new Agents(page.request);
  const { id } = await agents.create("demo/quick", "First");
  await agents.run(id);
  await page.getByRole("button", { name: "1 new run" }).click();
  await expect(rows(page)).toHaveCount(1);
});

test("which columns the list has is chosen, and remembered", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Columned");
  const run = await agents.runToEnd(id, "success");
  await open(`/runs?agent=${id}`);
  const heads = page.getByRole("columnheader");
  await expect(heads.filter({ hasText: "Cost" })).toBeVisible();
  await expect(heads.filter({ hasText: "Tokens" })).toBeHidden();
  await page.getByRole("button", { name: "Columns" }).click();
  const dialog = page.getByRole("dialog", { name: "Columns" });
  await dialog.getByLabel("Tokens").check();
  await dialog.getByLabel("Version").check();
  await dialog.getByLabel("Cost").uncheck();
  await page.keyboard.press("Escape");
  const asChosen = async (): Promise<void> => {
    await expect(heads.filter({ hasText: "Tokens" })).toBeVisible();
    await expect(heads.filter({ hasText: "Cost" })).toBeHidden();
    await expect(row(page, run).getByRole("cell", { name: "v1", exact: true })).toBeVisible();
  };
  await asChosen();
  await expectAccessible(page);
  await expectNoHorizontalScroll(page);
  await open(`/runs?agent=${id}`);
  await asChosen();
  await page.getByRole("button", { name: "Columns" }).click();
  await expect(dialog.getByLabel("Tokens")).toBeChecked();
  await expect(dialog.getByLabel("Cost")).not.toBeChecked();
});

test("however many columns are chosen, the page is no wider than its window", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Columned under a name that no column has room for, whatever the window");
  const run = await agents.runToEnd(id, "success");
  await open(`/runs?agent=${id}`);
  await page.getByRole("button", { name: "Columns" }).click();
  const boxes = page.getByRole("dialog", { name: "Columns" }).getByRole("checkbox");
  for (const box of await boxes.all()) await box.check();
  await page.keyboard.press("Escape");
  for (const width of [390, 768, 1000, 1120, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await expectNoHorizontalScroll(page);
  }
  const agent = row(page, run).getByRole("link", { name: /^Columned/ });
  // A row of several lines, where columns can still be chosen.
  await page.setViewportSize({ width: 700, height: 800 });
  await expect(agent).toBeVisible();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("dialog", { name: "Columns" }).getByLabel("Agent").uncheck();
  await page.keyboard.press("Escape");
  await expect(agent).toBeHidden();
});

test("the runs of a filter are exported in the form that is chosen", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Exported");
  await agents.runToEnd(id, "success");
  await open(`/runs?agent=${id}`);
  await page.getByRole("button", { name: "Export" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("dialog", { name: "Export" }).getByRole("link", { name: /^CSV/ }).click();
  expect((await download).suggestedFilename()).toBe("runs.csv");
});
