// What a run's page makes of its steps: the timeline, links to a step, the search, and the run as JSON.

import { readFile } from "node:fs/promises";
import { expect, expectAccessible, expectNoHorizontalScroll, test } from "../fixtures.ts";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test("the timeline has each step, which leads to its record", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Timed");
  const run = await agents.runToEnd(id, "success");
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await open(`/runs/${run}`);
    const timeline = page.getByRole("table", { name: "Timeline" });
    await expect(timeline.getByRole("rowheader")).toHaveText(["Model call 1", "current_time", "Model call 2"]);
    await timeline.getByRole("link", { name: "current_time" }).click();
    await expect(page).toHaveURL(`/runs/${run}#step-2`);
    await expect(page.locator("#step-2")).toHaveAttribute("open");
    await expect(page.locator("#step-2").getByText("Result")).toBeInViewport();
    await expectNoHorizontalScroll(page);
    await expectAccessible(page);
  }
});

test("tokens and cost are there for each call", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Counted");
  await open(`/runs/${await agents.runToEnd(id, "success")}`);
  const tokens = page.getByRole("region", { name: "Tokens and cost" });
  await tokens.getByText("Show as table").click();
  await expect(tokens.getByRole("rowheader")).toHaveText(["Call 2", "Call 1"]);
});

test("the timeline grows while the run goes on", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/long", "Growing");
  await open(`/runs/${await agents.run(id)}`);
  const row = page.getByRole("table", { name: "Timeline" }).getByRole("row").filter({ hasText: "Model call 1" });
  await expect(row).toContainText("Running");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(row).toContainText("Stopped");
});

test("an address that names a step opens it", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Linked");
  await open(`/runs/${await agents.runToEnd(id, "success")}#step-3`);
  await expect(page.locator("#step-3")).toHaveAttribute("open");
  await expect(page.locator("#step-3")).toBeInViewport();
  await expect(page.locator("#step-1")).not.toHaveAttribute("open");
});

test("a failed run leads to the step it failed in", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/fail", "Failing");
  await open(`/runs/${await agents.runToEnd(id, "failed")}`);
  await page.getByRole("region", { name: /Provider answered/ }).getByRole("link", { name: /^step 1, / }).click();
  await expect(page.locator("#step-1")).toHaveAttribute("open");
});

test("the transcript is searched from place to place", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Searched", { task_instructions: "Zebra one. zebra two." });
  await open(`/runs/${await agents.runToEnd(id, "success")}`);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const search = page.getByRole("search", { name: "Transcript" });
  const field = search.getByRole("searchbox", { name: "Search the transcript" });
  await expect(field).toBeFocused();
  await field.fill("zebra");
  await expect(search.getByRole("status")).toHaveText(/^1 of \d+$/);
  await field.press("Enter");
  await expect(search.getByRole("status")).toHaveText(/^2 of \d+$/);
  await field.press("Shift+Enter");
  await expect(search.getByRole("status")).toHaveText(/^1 of \d+$/);
  await field.fill("no such words");
  await expect(search.getByRole("status")).toHaveText("Nothing found");
  await expectAccessible(page);
  await field.press("Escape");
  await expect(search).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Search", exact: true })).toBeFocused();
});

test("a place that is folded away is opened", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Folded");
  await open(`/runs/${await agents.runToEnd(id, "success")}`);
  const call = page.locator("#transcript .tool").first();
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("searchbox", { name: "Search the transcript" }).fill("Arguments");
  await expect(call).toHaveAttribute("open");
});

test("the transcript can be copied", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Copied", { task_instructions: "Say what time it is." });
  await open(`/runs/${await agents.runToEnd(id, "success")}`);
  await page.getByRole("button", { name: "Copy transcript" }).click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/## Task\n\nSay what time it is\.[^]*## current_time, [^]*## Answer\n\n/);
});

test("a run as JSON can be copied and saved", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Raw");
  const run = await agents.runToEnd(id, "success");
  await open(`/runs/${run}`);
  await page.getByRole("link", { name: "Raw JSON" }).click();
  await expect(page).toHaveURL(`/runs/${run}/raw`);
  await open(`/runs/${run}/raw`);
  await expectAccessible(page);
  await page.getByRole("button", { name: "Copy" }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain(`"id": ${run},`);
  const saved = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe(`run-${run}.json`);
  const file = await readFile(await download.path(), "utf8");
  expect(file).toBe(await copied());
  expect(JSON.parse(file)).toMatchObject({ id: run, status: "success", steps: [{ position: 1 }, { position: 2 }, { position: 3 }] });
});
