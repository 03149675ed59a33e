// Toasts: how long they stay, and their actions.

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
    const names: string[] = [];
    for (let n = 0; n < 4; n += 1) names.push((await agents.create("demo/quick", "Bad news")).name);
    const dashboard = new Dashboard(page);
    await page.clock.install();
    await open("/");
    await page.route("**/ui/**", (route) => (route.request().method() === "POST" ? route.fulfill(busy) : route.continue()));
    const toasts = page.getByRole("alert").filter({ hasText: "Could not run Bad news" });
    const fail = async (name: string) => {
      // By the keyboard: messages may lie over the button.
      await dashboard.runNow(name).press("Enter");
      await expect(toasts.last()).toContainText(`Could not run ${name}`);
      await expect(dashboard.runNow(name)).not.toHaveAttribute("aria-busy", "true");
    };
    for (const [at, name] of names.entries()) {
      await fail(name);
      await expect(toasts).toHaveCount(Math.min(at + 1, 3));
    }
    // Of the same thing, the last word counts.
    await fail(names[2] ?? "");
    await expect(toasts).toHaveCount(3);
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
