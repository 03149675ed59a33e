// Holding everything and releasing it.

import { Dashboard, expect, expectAccessible, expectNoHorizontalScroll, hydrated, ownServer as test, status } from "../fixtures.ts";
import type { Page } from "@playwright/test";

const region = (page: Page) => page.getByRole("region", { name: "Hold" });

async function ask(page: Page): Promise<void> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Hold everything…" }).click();
}

test("everything is held with a note, shown on every page, and released", async ({ page, open, agents, request }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/quick", "Held", { schedule: "0 3 * * *" });
  const busy = await agents.create("demo/stall", "Runs on");
  const running = await agents.run(busy.id);
  await expect.poll(() => agents.runStatus(running)).toBe("running");
  await open(`/?agent=${id}`);
  await ask(page);
  const dialog = page.getByRole("dialog", { name: "Hold everything?" });
  await expect(dialog.getByRole("listitem")).toContainText(["1 run is running", "0 runs are queued", "1 agent has a schedule"]);
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await expectAccessible(page);
  await dialog.getByRole("textbox", { name: /^Why/ }).fill("Provider is down");
  await dialog.getByRole("button", { name: "Hold everything" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "More", exact: true })).toBeFocused();
  await expect(region(page)).toContainText(/Everything is on hold since .*set in the dashboard: “Provider is down”\./);
  await expect(region(page)).toContainText("No run waits, 1 still runs.");
  await expect(dashboard.row(name)).toContainText("Held");
  await expect(dashboard.row(name)).toContainText(/due .*\d\d:00/);
  await expectAccessible(page);

  // It is accepted, and waits.
  await dashboard.row(name).getByRole("button", { name: `Queue run: ${name}` }).click();
  await expect(page.getByText("Run queued")).toBeVisible();
  await expect(status(dashboard.runs(name), "Queued")).toBeVisible();
  await expect(dashboard.runs(name)).toContainText("On hold");
  await expect(dashboard.row(name)).toContainText("1 waits");
  await expect(region(page)).toContainText("1 run waits, 1 still runs.");
  await agents.stop(running);
  await expect(region(page)).toContainText("1 run waits.");

  const other = await page.context().newPage();
  await other.goto(`/agents/${id}`);
  await expect(region(other)).toContainText("Provider is down");
  await hydrated(other);
  await expectAccessible(other);

  await region(page).getByRole("button", { name: "Release…" }).click();
  const release = page.getByRole("dialog", { name: "Release the hold?" });
  await expect(release).toContainText("The run that waits begins");
  await expectAccessible(page);
  await release.getByRole("button", { name: "Release" }).click();
  for (const each of [page, other]) await expect(region(each)).toHaveCount(0);
  await expect(status(dashboard.runs(name), "Success")).toBeVisible();
  await expect(dashboard.row(name).getByRole("button", { name: `Run now: ${name}` })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  expect((await (await request.get("/api/hold")).json()).hold).toBeNull();
});

test("what runs is stopped, if that is wanted", async ({ page, open, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/stall", "Stopped");
  const run = await agents.run(id);
  await expect.poll(() => agents.runStatus(run)).toBe("running");
  await open(`/?agent=${id}`);
  await ask(page);
  const dialog = page.getByRole("dialog", { name: "Hold everything?" });
  await dialog.getByRole("checkbox", { name: "Also stop the run that is running" }).check();
  await dialog.getByRole("button", { name: "Hold everything" }).click();
  await expect(status(dashboard.runs(name), "Stopped")).toBeVisible();
  await expect(region(page)).toContainText("No run waits.");
});

test("a hold of the API reaches an open page, and fits a narrow one", async ({ page, open, agents, request }) => {
  const { id } = await agents.create("demo/quick", "Narrow", { schedule: "*/5 * * * *" });
  await page.setViewportSize({ width: 390, height: 844 });
  await open(`/agents/${id}`);
  await expect(region(page)).toHaveCount(0);
  const note = "The provider answers with errors only, so nothing is to begin until somebody has looked into it";
  expect((await request.post("/api/hold", { data: { note } })).status()).toBe(201);
  await expect(region(page)).toContainText(`set through the API: “${note}”.`);
  await expectNoHorizontalScroll(page);
  await expectAccessible(page);
  expect((await request.delete("/api/hold")).status()).toBe(204);
  await expect(region(page)).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a page says that everything is on hold", async ({ page, agents, request }) => {
    const { id } = await agents.create("demo/quick", "Plain");
    await request.post("/api/hold", { data: { note: "Reading only" } });
    for (const path of ["/", "/agents/new", `/agents/${id}`]) {
      await page.goto(path);
      await expect(region(page)).toContainText("“Reading only”. No run waits.");
      await expect(region(page).getByRole("button")).toBeHidden();
    }
  });
});
