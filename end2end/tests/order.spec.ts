// Order and parts of the agents' table.

import { Agents, Dashboard, expect, expectAccessible, hydrated, test } from "../fixtures.ts";
import type { Page } from "@playwright/test";

/** Agents that a search for `mark` finds and no other; the second of them has failed. */
async function threeAgents(agents: Agents): Promise<{ mark: string; names: string[]; ids: number[] }> {
  const mark = Agents.name("order").replace(" ", "-");
  const made = [
    await agents.create("demo/quick", `Charlie ${mark}`),
    await agents.create("demo/fail", `alpha ${mark}`),
    await agents.create("demo/quick", `Bravo ${mark}`),
  ];
  await agents.runToEnd(made[1]!.id, "failed");
  return { mark, names: made.map(({ name }) => name), ids: made.map(({ id }) => id) };
}

/** The names of the agents that are shown, in order. */
const shown = (page: Page) => new Dashboard(page).table.getByRole("rowheader").getByRole("link");

const head = (page: Page, name: string) => new Dashboard(page).table.getByRole("columnheader", { name });

test("agents that need attention come first, and a column's head orders by it", async ({ page, open, agents }) => {
  const { mark, names } = await threeAgents(agents);
  const [charlie, alpha, bravo] = names as [string, string, string];
  await open(`/?q=${mark}`);
  await expect(shown(page)).toHaveText([alpha, charlie, bravo]);
  await expect(head(page, "Status")).toHaveAttribute("aria-sort", "other");
  await head(page, "Agent").getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`\\?sort=name&q=${mark}$`));
  await expect(shown(page)).toHaveText([alpha, bravo, charlie]);
  await expect(head(page, "Agent")).toHaveAttribute("aria-sort", "ascending");
  await expectAccessible(page);
  await head(page, "Agent").getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`\\?sort=-name&q=${mark}$`));
  await expect(shown(page)).toHaveText([charlie, bravo, alpha]);
  await page.reload();
  await expect(shown(page)).toHaveText([charlie, bravo, alpha]);
  await expect(head(page, "Agent")).toHaveAttribute("aria-sort", "descending");
  await page.goBack();
  await expect(shown(page)).toHaveText([alpha, bravo, charlie]);
});

test("a row that one is at stays where it is, and moves once one has left", async ({ page, open, agents }) => {
  const mark = Agents.name("held").replace(" ", "-");
  const first = await agents.create("demo/quick", `First ${mark}`);
  const second = await agents.create("demo/fail", `Second ${mark}`);
  await open(`/?q=${mark}`);
  const dashboard = new Dashboard(page);
  await dashboard.row(first.name).getByText("Never").hover();
  await agents.runToEnd(second.id, "failed");
  await expect(dashboard.row(second.name)).toContainText("Error");
  await expect(shown(page)).toHaveText([first.name, second.name]);
  await page.mouse.move(1, 1);
  await expect(shown(page)).toHaveText([second.name, first.name]);
});

test("a part of the agents is shown by how they stand, counted", async ({ page, open, agents }) => {
  const { mark, names, ids } = await threeAgents(agents);
  const dashboard = new Dashboard(page);
  await open("/");
  const parts = page.getByRole("navigation", { name: "Agents by status" });
  await parts.getByRole("link", { name: /^Needs attention [1-9]/ }).click();
  await expect(page).toHaveURL(/\?status=attention$/);
  await expect(dashboard.row(names[1]!)).toBeVisible();
  await expect(dashboard.row(names[0]!)).toBeHidden();
  await page.getByRole("searchbox").fill(mark);
  await expect(shown(page)).toHaveText([names[1]!]);
  await expect(page.locator(".agents-box > .panel__head > p")).toHaveText(/^1 of \d+$/);
  await dashboard.openHistory(names[1]!);
  await expect(page).toHaveURL(new RegExp(`agent=${ids[1]}&status=attention&q=${mark}$`));
  await dashboard.caret(names[1]!).click();
  await parts.getByRole("link", { name: /^Paused/ }).click();
  await expect(page.getByRole("heading", { name: "No matching agents" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("among those under “Paused”");
  await expect(dashboard.table).toBeHidden();
  await page.getByRole("link", { name: "Show all statuses" }).click();
  await expect(shown(page)).toHaveCount(3);
});

test("the row that an address opens is in view", async ({ page, agents }) => {
  for (let n = 0; n < 12; n += 1) await agents.create("demo/quick", "Above");
  const { id, name } = await agents.create("demo/quick", "Far below");
  await page.setViewportSize({ width: 1024, height: 500 });
  await page.goto(`/?agent=${id}`);
  await hydrated(page);
  await expect(new Dashboard(page).caret(name)).toBeInViewport();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("order and part are links, and forms keep them", async ({ page, agents }) => {
    const { mark, names } = await threeAgents(agents);
    await page.goto(`/?q=${mark}`);
    await head(page, "Agent").getByRole("link").click();
    await expect(shown(page)).toHaveText([names[1]!, names[2]!, names[0]!]);
    await page.getByRole("navigation", { name: "Agents by status" }).getByRole("link", { name: /^Needs attention/ }).click();
    await expect(shown(page)).toHaveText([names[1]!]);
    await new Dashboard(page).caret(names[1]!).click();
    await expect(page).toHaveURL(new RegExp(`\\?agent=\\d+&sort=name&status=attention&q=${mark}$`));
  });
});
