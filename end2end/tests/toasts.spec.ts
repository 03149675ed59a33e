import { Dashboard, expect, expectAccessible, stopClock, test } from "../fixtures.ts";

const busy = { status: 503, json: { kind: "busy", detail: "The database is busy. Try again." } };

test("good news leaves by itself, but not while somebody is at it", async ({ page, open, agents }) => {
  const { name } = await agents.create("demo/quick", "Good news");
  await page.clock.install();
  await open("/");
  await stopClock(page);
  await new Dashboard(page).runNow(name).click();
  const toast = page.getByRole("status").filter({ hasText: "Run started" });
  await expect(toast).toContainText(name);
  await toast.getByRole("link", { name: /^#\d+$/ }).focus();
  await page.clock.resume();
  await expectAccessible(page);
  await page.clock.fastForward(7_000);
  await expect(toast).toBeVisible();
  await toast.getByRole("link", { name: /^#\d+$/ }).blur();
  await page.clock.fastForward(7_000);
  await expect(toast).toHaveCount(0);
});

test.describe("bad news", () => {
  test.use({ tolerated: /status of 503/ });

  test("stays until it is dismissed, and at most three are shown", async ({ page, open, agents }) => {
    const { name } = await agents.create("demo/quick", "Bad news");
    const dashboard = new Dashboard(page);
    await page.clock.install();
    await open("/");
    await page.route("**/ui/**", (route) => (route.request().method() === "POST" ? route.fulfill(busy) : route.continue()));
    const toasts = page.getByRole("alert").filter({ hasText: `Could not run ${name}` });
    for (const count of [1, 2, 3, 3]) {
      await dashboard.runNow(name).click();
      await expect(dashboard.runNow(name)).not.toHaveAttribute("aria-busy", "true");
      await expect(toasts).toHaveCount(count);
    }
    await expect(toasts.first()).toContainText("The database is busy. Try again.");
    await expectAccessible(page);
    await page.clock.fastForward(60_000);
    for (const count of [2, 1, 0]) {
      await toasts.first().getByRole("button", { name: "Dismiss" }).click();
      await expect(toasts).toHaveCount(count);
    }
  });

  test("an action that failed can be tried again", async ({ page, open, agents }) => {
    const { id, name } = await agents.create("demo/stall", "Not stopped");
    const run = await agents.run(id);
    const dashboard = new Dashboard(page);
    await open(`/?agent=${id}`);
    await page.route("**/ui/runs/stop*", (route) => route.fulfill(busy), { times: 1 });
    await dashboard.choose(dashboard.runs(name), "Stop");
    await expect(page.getByRole("alert")).toContainText(`Could not stop run #${run}`);
    await dashboard.choose(dashboard.runs(name), "Stop");
    await expect(dashboard.runs(name)).toContainText("Stopped");
  });
});
