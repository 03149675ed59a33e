// Menus: unavailable items, closing, moving on to another row's.

import { Dashboard, expect, test, type Agents } from "../fixtures.ts";
import type { Locator, Page } from "@playwright/test";

interface Given {
  page: Page;
  agents: Agents;
  open: (path: string) => Promise<void>;
}

/** The two menus: how to find the button, and what is in it. */
const menus: [string, string[], (given: Given) => Promise<[button: Locator, next: Locator]>][] = [
  [
    "the menu of a run",
    ["View details", "Retry", "Retry with changes…", "Stop"],
    async ({ page, agents, open }) => {
      const { id, name } = await agents.create("demo/fail", "Run menu");
      const run = await agents.runToEnd(id, "failed");
      await open(`/?agent=${id}`);
      const button = page.getByRole("button", { name: `Actions for run #${run}` });
      await expect(new Dashboard(page).runs(name)).toHaveCount(1);
      return [button, page.getByRole("button", { name: "Show full error" })];
    },
  ],
  [
    "the menu of an agent",
    ["Run with…", "Edit", "Chat", "Duplicate", "Pause schedule", "Delete agent…"],
    async ({ page, agents, open }) => {
      const first = await agents.create("demo/quick", "Agent menu");
      const next = await agents.create("demo/quick", "Next");
      const dashboard = new Dashboard(page);
      await open("/");
      return [dashboard.more(first.name), dashboard.caret(next.name)];
    },
  ],
];

for (const [what, labels, find] of menus) {
  test(`${what} is moved in by keys`, async ({ page, agents, open }) => {
    const [button, next] = await find({ page, agents, open });
    const items = page.getByRole("menuitem");
    const focused = (label: string) => expect(page.getByRole("menuitem", { name: label, exact: true })).toBeFocused();
    const [first, last] = [labels[0]!, labels.at(-1)!];
    await expect(button).toHaveAttribute("aria-haspopup", "menu");

    for (const [key, at] of [["Enter", first], ["Space", first], ["ArrowDown", first], ["ArrowUp", last]] as const) {
      await button.focus();
      await page.keyboard.press(key);
      await focused(at);
      await expect(button).toHaveAttribute("aria-expanded", "true");
      await page.keyboard.press("Escape");
      await expect(page.getByRole("menu")).toBeHidden();
      await expect(button, `Esc after ${key}`).toBeFocused();
      await expect(button).toHaveAttribute("aria-expanded", "false");
    }

    await page.keyboard.press("Enter");
    await focused(first);
    const down = labels.slice(1).map((label) => ["ArrowDown", label] as const);
    const walk = [...down, ["ArrowDown", first], ["ArrowUp", last], ["Home", first], ["End", last]] as const;
    for (const [key, at] of walk) {
      await page.keyboard.press(key);
      await focused(at);
    }
    for (const label of labels) {
      await page.keyboard.press(label[0]!.toLowerCase());
      await focused(label);
    }
    for (const item of await items.all()) await expect(item).toHaveAttribute("tabindex", "-1");

    await page.keyboard.press("Tab");
    await expect(page.getByRole("menu")).toBeHidden();
    await expect(next).toBeFocused();
    await page.keyboard.press("Shift+Tab");
    await expect(button).toBeFocused();
  });
}

test("an item that cannot be chosen can be reached, and does nothing", async ({ page, agents, open }) => {
  const { id, name } = await agents.create("demo/quick", "Over");
  await agents.runToEnd(id, "success");
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  await dashboard.runs(name).getByRole("button").click();
  const stop = page.getByRole("menuitem", { name: "Stop" });
  await expect(page.getByRole("menuitem", { name: "View details" })).toBeFocused();
  await page.keyboard.press("End");
  await expect(stop).toBeFocused();
  await expect(stop).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu")).toBeVisible();
  await expect(dashboard.runs(name)).toContainText("Success");
});

test("a menu closes by a click elsewhere, and opens for another row at once", async ({ page, agents, open }) => {
  const a = await agents.create("demo/quick", "One");
  // The open menu lies over the rows in between.
  for (let n = 0; n < 4; n += 1) await agents.create("demo/quick", "Between");
  const b = await agents.create("demo/quick", "Two");
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.more(a.name).click();
  await expect(page.getByRole("menu", { name: `More actions for ${a.name}` })).toBeVisible();
  await dashboard.more(b.name).click();
  await expect(page.getByRole("menu", { name: `More actions for ${b.name}` })).toBeVisible();
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await expect(dashboard.more(a.name)).toHaveAttribute("aria-expanded", "false");
  await page.getByRole("heading", { name: "Agents", exact: true }).click();
  await expect(page.getByRole("menu")).toBeHidden();
});
