// The dashboard without a mouse.

import type { Page } from "@playwright/test";
import { Agents, Dashboard, expect, expectMade, hydrated, status, test } from "../fixtures.ts";

/** Presses Tab until it is there: the way of those who have no mouse, and few agents before it. */
async function tabTo(page: Page, role: "button" | "link" | "textbox", name: string): Promise<void> {
  const target = page.getByRole(role, { name, exact: true }).first();
  const isThere = () => target.evaluate((element) => element === document.activeElement);
  for (let n = 0; n < 100 && !(await isThere()); n += 1) await page.keyboard.press("Tab");
  await expect(target).toBeFocused();
}

test("the skip link comes first and leads past the top bar", async ({ page, open }) => {
  await open("/");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Hide" })).toBeFocused();
  await page.keyboard.press("Tab");
  // How many failed leads to these.
  await expect(page.locator(".stat__note").getByRole("link")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("searchbox")).toBeFocused();
});

test("carets open and close with Enter and Space, and arrows go from one to the next", async ({ page, open, agents }) => {
  const mark = Agents.name("carets").replace(" ", "-");
  const made = [];
  for (const n of ["a", "b", "c"]) made.push(await agents.create("demo/quick", `${mark} ${n}`));
  const [a, b, c] = made.map(({ name }) => new Dashboard(page).caret(name)) as [any, any, any];
  // Agents that the search hides stand before, and the arrows must not stop at them.
  await open(`/?q=${mark}`);
  await a.focus();
  for (const [key, expanded] of [["Enter", "true"], ["Enter", "false"], ["Space", "true"], ["Space", "false"]] as const) {
    await page.keyboard.press(key);
    await expect(a).toHaveAttribute("aria-expanded", expanded);
    await expect(a).toBeFocused();
  }
  await expect(a).toHaveAttribute("aria-controls", `runs-${made[0]!.id}`);
  for (const [key, to] of [["ArrowDown", b], ["ArrowDown", c], ["ArrowDown", c], ["Home", a], ["ArrowUp", a], ["End", c], ["ArrowUp", b]] as const) {
    await page.keyboard.press(key);
    await expect(to, key).toBeFocused();
  }
});

test("arrows pass over rows that the search hides", async ({ page, open, agents }) => {
  const mark = Agents.name("pass").replace(" ", "-");
  const first = await agents.create("demo/quick", mark);
  await agents.create("demo/quick", "Hidden between");
  const last = await agents.create("demo/quick", mark);
  await agents.create("demo/quick", "Hidden after");
  const dashboard = new Dashboard(page);
  await open(`/?q=${mark}`);
  await dashboard.caret(first.name).focus();
  for (const [key, to] of [["ArrowDown", last], ["ArrowUp", first], ["End", last], ["Home", first]] as const) {
    await page.keyboard.press(key);
    await expect(dashboard.caret(to.name), key).toBeFocused();
  }
});

test("all runs are shown with Enter or Space, and the focus stays", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Unfolded");
  await agents.runsToEnd(id, 6);
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  await page.getByRole("link", { name: "Show 6" }).focus();
  for (const [key, shown] of [["Enter", 6], ["Space", 5], ["Space", 6]] as const) {
    await page.keyboard.press(key);
    await expect(dashboard.runs(name)).toHaveCount(shown);
    await expect(page.getByRole("link", { name: /^Show (6|fewer)/ })).toBeFocused();
  }
  await agents.runToEnd(id, "success");
  await expect(dashboard.runs(name)).toHaveCount(7);
  await expect(page.getByRole("link", { name: "Show fewer" })).toBeFocused();
});

test("an agent is made, run, stopped and retried without a mouse", async ({ page, open }) => {
  const dashboard = new Dashboard(page);
  const name = Agents.name("No mouse");
  await open("/");
  await tabTo(page, "link", "New agent");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/agents\/new$/);
  await hydrated(page);
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.keyboard.type(name);
  // Past the description and the tags.
  for (const field of ["Description", "Tags", "Model"]) {
    await page.keyboard.press("Tab");
    await expect(page.getByLabel(field)).toBeFocused();
  }
  await page.keyboard.type("demo/stall");
  await page.keyboard.press("Escape"); // closes the list of suggestions
  await page.keyboard.press("Enter");
  await expectMade(page, name);
  await tabTo(page, "link", "Agents");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/$/);
  await hydrated(page);

  // Other tests' agents stand before it.
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox")).toBeFocused();
  await page.keyboard.type(name);
  await expect(dashboard.table.getByRole("rowheader")).toHaveCount(1);
  await tabTo(page, "button", `Run history of ${name}`);
  await page.keyboard.press("Enter");
  await tabTo(page, "button", `Run now: ${name}`);
  await page.keyboard.press("Enter");
  const runs = dashboard.runs(name);
  await expect(status(runs, "Running")).toBeVisible();
  const run = await runs.getAttribute("data-run");
  await tabTo(page, "button", `Actions for run #${run}`);
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menuitem", { name: "Stop" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(status(runs, "Stopped")).toBeVisible();
  await expect(page.getByRole("button", { name: `Actions for run #${run}` })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "View details" })).toBeFocused();
  await page.keyboard.press("r");
  await expect(page.getByRole("menuitem", { name: "Retry", exact: true })).toBeFocused();
  await page.keyboard.press("Space");
  await expect(runs).toHaveCount(2);
  await expect(status(runs.first(), "Running")).toBeVisible();
});
