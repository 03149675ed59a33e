import { Dashboard, expect, status, test as base } from "../fixtures.ts";
import { Server } from "../server.ts";

// A server for each test: others must not lose theirs.
const test = base.extend<{ own: Server }>({
  own: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.close();
  },
  baseURL: async ({ own }, use) => {
    await use(own.url);
  },
});

// The browser itself tells of connections that it could not make.
test.use({ tolerated: /WebSocket connection to|ERR_CONNECTION_/ });

test("a page survives its server: the run is marked, and new ones are live again", async ({ page, own, open, agents }) => {
  const dashboard = new Dashboard(page);
  const { id, name } = await agents.create("demo/slow", "Survivor");
  await agents.run(id);
  await open(`/?agent=${id}`);
  const runs = dashboard.runs(name);
  await expect(status(runs, "Running")).toBeVisible();

  await own.kill();
  await own.up();

  await expect(status(runs, "Failed")).toBeVisible({ timeout: 45_000 });
  await dashboard.runNow(name).click();
  await expect(runs).toHaveCount(2);
  await expect(status(runs.first(), "Running")).toBeVisible();
});
