// The figures of the last 24 hours.

import type { Locator, Page } from "@playwright/test";
import { expect, ownServer as test } from "../fixtures.ts";

/** One of the five figures. */
function figure(page: Page, name: string): Locator {
  return page.locator(".stat").filter({ has: page.getByText(name, { exact: true }) });
}

test("without runs the figures are nought or unknown, never made up", async ({ page, open }) => {
  await open("/");
  await expect(figure(page, "Runs, last 24 h")).toContainText(/0\s*None active/);
  for (const name of ["Success rate", "Duration, p50 / p95"]) {
    await expect(figure(page, name)).toContainText(/—|–/);
    await expect(figure(page, name)).toContainText("No finished runs");
  }
  await expect(figure(page, "Tokens")).toContainText("None used");
  await expect(figure(page, "Cost")).toContainText("No finished runs");
  await expect(page.getByRole("img", { name: "Runs per hour over 24 hours, between 0 and 0" })).toBeVisible();
});

test("the figures change by themselves as runs end", async ({ page, open, agents }) => {
  const [good, bad, slow] = [
    await agents.create("demo/quick", "Good"),
    await agents.create("demo/fail", "Bad"),
    await agents.create("demo/stall", "Slow"),
  ];
  await open("/");
  await agents.runToEnd(good.id, "success");
  await expect(figure(page, "Success rate")).toContainText("100%");
  await expect(figure(page, "Success rate")).toContainText("None failed");
  await expect(figure(page, "Tokens")).not.toContainText("None used");
  await expect(figure(page, "Duration, p50 / p95")).toContainText("Average");
  await expect(page.getByRole("img", { name: /between 0 and 1$/ })).toBeVisible();

  await agents.runToEnd(bad.id, "failed");
  await expect(figure(page, "Success rate")).toContainText("50.0%");
  await expect(figure(page, "Success rate")).toContainText("1 failed");

  const run = await agents.run(slow.id);
  // One that is stopped before it has begun is not counted.
  await expect.poll(() => agents.runStatus(run)).toBe("running");
  await expect(figure(page, "Runs, last 24 h")).toContainText("1 active");
  await agents.stop(run);
  await expect(figure(page, "Runs, last 24 h")).not.toContainText("active");
  await expect(figure(page, "Runs, last 24 h")).toContainText(/^Runs, last 24 h\s*3/);
});

test("a bar of the hours says which hour it stands for, and its runs", async ({ page, open, agents }) => {
  const [good, bad] = [await agents.create("demo/quick", "Good"), await agents.create("demo/fail", "Bad")];
  await agents.runToEnd(good.id, "success");
  await agents.runToEnd(bad.id, "failed");
  await open("/");
  const bars = page.getByRole("img", { name: /^Runs per hour/ });
  const { width, height } = (await bars.boundingBox()) ?? { width: 0, height: 0 };
  const tip = page.locator(".tip");
  await bars.hover({ position: { x: width - 3, y: height / 2 } });
  await expect(tip).toContainText(/^2 runs, 1 failed/);
  await expect(tip).toContainText(/Today \d\d:00.*–\d\d:00/);
  await bars.hover({ position: { x: 3, y: height / 2 } });
  await expect(tip).toContainText(/^No runs/);
  await page.mouse.move(0, 0);
  await expect(tip).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the figures are in the page itself", async ({ page, agents }) => {
    const { id } = await agents.create("demo/quick", "Counted");
    await agents.runToEnd(id, "success");
    await page.goto("/");
    await expect(figure(page, "Success rate")).toContainText("100%");
  });
});
