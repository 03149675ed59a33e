// Going from page to page and back.

import { Dashboard, expect, hydrated, test } from "../fixtures.ts";

test("an agent's name leads to its page, and back finds the row as it was", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Named");
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.openHistory(name);
  await dashboard.row(name).getByRole("link", { name, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/agents/${id}$`));
  await page.goBack();
  await expect(dashboard.caret(name)).toHaveAttribute("aria-expanded", "true");
  // At once: the page may not have been hydrated yet.
  await page.goBack();
  await expect(page).toHaveURL(/\/$/);
  await expect(dashboard.caret(name)).toHaveAttribute("aria-expanded", "false");
});

test("with Ctrl, links open in another tab and this one stays as it is", async ({ page, open, context, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Elsewhere");
  await open("/?q=nothing-like-it");
  for (const [link, address] of [
    [page.getByRole("link", { name: "Clear search" }), /\/$/],
    [page.getByRole("link", { name: "New agent" }), /\/agents\/new$/],
  ] as const) {
    const opened = context.waitForEvent("page");
    await link.click({ modifiers: ["ControlOrMeta"] });
    const other = await opened;
    await expect(other).toHaveURL(address);
    await hydrated(other);
    await other.close();
    await expect(page).toHaveURL(/\?q=nothing-like-it$/);
  }
  await page.getByRole("link", { name: "Clear search" }).click();
  const opened = context.waitForEvent("page");
  await new Dashboard(page).row(name).getByRole("link", { name, exact: true }).click({ modifiers: ["ControlOrMeta"] });
  await expect(await opened).toHaveURL(new RegExp(`/agents/${id}$`));
  await expect(page).toHaveURL(/\/$/);
});

test("what is pressed again while the next page is on its way is done once", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Pressed twice");
  const run = await agents.runToEnd(id, "success");
  await open(`/runs/${run}`);
  const retry = page.getByRole("main").getByRole("button", { name: "Retry", exact: true });
  // It goes off when the page is asked to leave, before the next one is asked for.
  await retry.evaluate((button: HTMLButtonElement) => addEventListener("beforeunload", () => button.click()));
  await retry.click();
  await expect(page).not.toHaveURL(new RegExp(`/runs/${run}$`));
  await hydrated(page);
  expect(await agents.runCount(id)).toBe(2);
});
