// A server without agents or providers.

import { Agents, Dashboard, expect, expectAccessible, expectMade, expectNoHorizontalScroll, ownServer as test, toNewAgent } from "../fixtures.ts";

test("without agents there is an invitation to make the first one", async ({ page, open, agents }) => {
  const dashboard = new Dashboard(page);
  await open("/");
  for (const { id } of await agents.all()) await agents.delete(id);
  await expect(page.getByRole("heading", { name: "No agents yet" })).toBeVisible();
  await expect(page.getByRole("searchbox")).toBeHidden();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  for (const width of [390, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoHorizontalScroll(page);
  }
  await page.reload();
  await expect(page.getByRole("heading", { name: "No agents yet" })).toBeVisible();

  const name = Agents.name("The first");
  await toNewAgent(page);
  await page.getByLabel("Name").fill(name);
  await page.keyboard.press("Enter");
  await expectMade(page, name);
  await open("/");
  await expect(page.getByRole("heading", { name: "No agents yet" })).toBeHidden();
  await expect(page.getByRole("searchbox")).toBeVisible();

  // The last one goes, while its row is open.
  await dashboard.openHistory(name);
  await dashboard.chooseFor(name, "Delete agent…");
  await page.getByRole("button", { name: "Delete agent" }).click();
  await expect(page.getByRole("heading", { name: "No agents yet" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Agents", exact: true })).toBeFocused();
  await expect(page).toHaveURL(/\/$/);
});

test("that no provider is connected is said until it is hidden, which lasts", async ({ page, open }) => {
  await open("/");
  const notice = page.getByText("No model provider is connected");
  await expect(notice).toBeVisible();
  await page.getByRole("button", { name: "Hide" }).click();
  await expect(notice).toBeHidden();
  await page.reload();
  await expect(page.getByRole("heading", { level: 2, name: "Agents" })).toBeVisible();
  await expect(notice).toBeHidden();
});
