// Histories that are slow to load or fail to.

import type { Page } from "@playwright/test";
import { Dashboard, expect, expectAccessible, test } from "../fixtures.ts";

/** Data that the page asks for comes from the server's functions alone: the connection brings no snapshots. */
async function withoutSnapshots(page: Page): Promise<void> {
  await page.routeWebSocket("**/api/ws", (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (!/"type":"(agents?|summary)_state"/.test(message.toString())) socket.send(message);
    });
  });
}

/** Keeps responses to this address back until it is called. */
async function hold(page: Page, address: string): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(address, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

const busy = { status: 503, json: { kind: "busy", detail: "The database is busy. Try again." } };

test("a history that is slow to come keeps its place meanwhile", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Slow to come");
  await agents.runsToEnd(id, 3);
  const dashboard = new Dashboard(page);
  await withoutSnapshots(page);
  await open("/");
  const release = await hold(page, "**/ui/agent?*");
  await dashboard.openHistory(name);
  const history = page.locator(`#runs-${id}`);
  await expect(history.locator("[aria-busy=true]")).toBeVisible();
  await expect(history.getByRole("status")).toHaveText("Loading runs");
  await expect(history.locator(".skeleton").first()).toBeVisible();
  await expectAccessible(page);
  const before = (await history.boundingBox())!.height;
  release();
  await expect(dashboard.runs(name)).toHaveCount(3);
  await expect(history.locator("[aria-busy=true]")).toHaveCount(0);
  const after = (await history.boundingBox())!.height;
  expect(Math.abs(after - before), "what is below does not jump").toBeLessThanOrEqual(32);
  await expect(dashboard.caret(name)).toBeFocused();
});

test.describe("what could not be loaded", () => {
  test.use({ tolerated: /status of 503/ });

  test("what went wrong in one row is not said in another", async ({ page, open, agents }) => {
    const { name } = await agents.create("demo/quick", "Innocent");
    const dashboard = new Dashboard(page);
    await withoutSnapshots(page);
    await open("/?agent=999999");
    await dashboard.openHistory(name);
    await expect(page.getByText("No runs yet.")).toBeVisible();
    await expect(page.getByRole("alert")).toHaveCount(0);
  });

  test("a history says so in its place, and comes when it is tried again", async ({ page, open, agents }) => {
    const { id, name } = await agents.create("demo/quick", "Refused once");
    await agents.runToEnd(id, "success");
    const dashboard = new Dashboard(page);
    await withoutSnapshots(page);
    await open("/");
    await page.route("**/ui/agent?*", (route) => route.fulfill(busy), { times: 1 });
    await dashboard.openHistory(name);
    const alert = page.locator(`#runs-${id}`).getByRole("alert");
    await expect(alert).toContainText("The run history could not be loaded.");
    await expect(alert).toContainText("The database is busy. Try again.");
    await expectAccessible(page);
    await alert.getByRole("button", { name: "Try again" }).click();
    await expect(dashboard.runs(name)).toHaveCount(1);
    await expect(alert).toHaveCount(0);
  });
});
