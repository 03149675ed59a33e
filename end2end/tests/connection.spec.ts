// The live connection: outages, frozen pages, servers that come back.

import type { Page } from "@playwright/test";
import { Connection, Wire, inSeconds, noting, setHidden, test, timeOfDay } from "../connection.ts";
import { Dashboard, expect, expectAccessible, hydrated, status, stopClock } from "../fixtures.ts";

const HOUR = 3_600_000;
const TEN_MINUTES = 600_000;
/** Most that a slow machine may add to a time, in seconds; far less than a clock is off in these tests. */
const SLOWEST = 120;
const RECENTLY = /just now|\d s ago|\b[1-3] min ago/;

test("an outage: the page says what it knows as of when, tries again, and ends right", async ({
  page,
  own,
  open,
  agents,
}) => {
  const [dashboard, connection] = [new Dashboard(page), new Connection(page)];
  const { id, name } = await agents.create("demo/stall", "Survivor");
  await agents.run(id);
  await open(`/?agent=${id}`);
  await connection.begin();
  const runs = dashboard.runs(name);
  await expect(status(runs, "Running")).toBeVisible();
  await expect(connection.lost).toHaveCount(0);

  const badge = await noting(connection.badge);
  const before = timeOfDay();
  await own.kill();
  await expect(connection.lost).toHaveText(/^Disconnected\. Showing data as of \d\d:\d\d:\d\d\.$/);
  const seen = timeOfDay();
  const known = await connection.knownAt();
  expect(known).toBeGreaterThanOrEqual(before - 1_000);
  expect(known, "it is said after five seconds, of which one may be cut off").toBeLessThanOrEqual(seen - 4_000);
  expect(await badge()).toContain("Reconnecting…");
  await expectAccessible(page);

  // Not every second is announced, and what is not known does not go on.
  await expect(connection.count).toHaveAttribute("aria-live", "off");
  expect(await connection.lost.getByRole("timer").count()).toBe(0);
  const frozen = await noting(runs.getByRole("timer"));
  const counted = await noting(connection.count);
  await expect.poll(async () => new Set(await counted()).size).toBeGreaterThan(4);
  for (const text of await counted()) expect(text.trim()).toMatch(/^Reconnecting(…| in \d+ s\.)$/);
  await expect.poll(async () => (await counted()).some((text) => text.includes("Reconnecting…"))).toBe(true);
  expect(new Set(await frozen()).size, "the duration rests").toBe(1);
  expect(await connection.knownAt(), "it stays as it was").toBe(known);
  await expect(connection.badge).toHaveText("Disconnected");

  await own.up();
  await connection.expectRegained();
  await expect(status(runs, "Failed")).toBeVisible();
  await dashboard.runNow(name).click();
  await expect(runs).toHaveCount(2);
  const timer = runs.first().getByRole("timer");
  const shown = await timer.textContent();
  await expect(timer, "the hand goes on").not.toHaveText(shown ?? "");
});

test("the count goes down second by second", async ({ page, own, open }) => {
  const connection = new Connection(page);
  await page.clock.install();
  await open("/");
  await connection.begin();
  await own.kill();
  await expect(connection.badge).toHaveText("Disconnected");
  const left = await connection.stopBeforeAttempt();
  for (let second = left - 1; second > 0; second -= 1) {
    await page.clock.runFor(1_000);
    await expect(connection.count).toHaveText(` Reconnecting in ${second} s.`);
  }
  const counted = await noting(connection.count);
  await page.clock.runFor(1_000);
  await expect.poll(async () => (await counted()).some((text) => text.includes("Reconnecting…"))).toBe(true);
});

const reasons: [string, (page: Page) => Promise<void>][] = [
  ["Try now", async (page) => await new Connection(page).tryNow.click()],
  ["being looked at again", async (page) => await setHidden(page, false)],
  ["a network that is back", async (page) => void (await page.evaluate(() => window.dispatchEvent(new Event("online"))))],
];

for (const [name, act] of reasons) {
  test(`${name} connects without waiting`, async ({ page, own, open }) => {
    const connection = new Connection(page);
    await page.clock.install();
    await open("/");
    await connection.begin();
    await own.kill();
    await expect(connection.tryNow).toBeVisible();
    await connection.stopBeforeAttempt();
    await own.up();
    await expect(connection.count).toHaveText(/Reconnecting in/);
    await act(page);
    await connection.expectRegained();
  });
}

for (const skew of [TEN_MINUTES, -TEN_MINUTES]) {
  test(`a clock ${skew / 60_000} minutes off changes nothing that is shown`, async ({ page, own, open, agents }) => {
    const [dashboard, connection] = [new Dashboard(page), new Connection(page)];
    const { id, name } = await agents.create("demo/stall", "Skewed");
    const started = Date.now();
    await agents.run(id);
    await page.clock.install({ time: Date.now() + skew });
    await open(`/?agent=${id}`);
    await connection.begin();
    const run = dashboard.runs(name);
    await expect(run.getByRole("timer")).toHaveText(/[3-9] s/);
    const shown = inSeconds(await run.getByRole("timer").textContent());
    expect(Math.abs(shown - (Date.now() - started) / 1000)).toBeLessThan(SLOWEST);
    await expect(dashboard.row(name)).toContainText(RECENTLY);

    await own.kill();
    const killed = timeOfDay();
    await expect(connection.lost).toBeVisible();
    expect(Math.abs((await connection.knownAt()) - killed)).toBeLessThan(SLOWEST * 1_000);
    await own.up();
    await connection.expectRegained();
    await expect(status(run, "Failed")).toBeVisible();
  });

  test(`a clock that is set by ${skew / 60_000} minutes changes nothing that is shown`, async ({ page, open, agents }) => {
    const [dashboard, connection] = [new Dashboard(page), new Connection(page)];
    const wire = await Wire.lay(page);
    await page.clock.install();
    const { id, name } = await agents.create("demo/stall", "Set");
    const started = Date.now();
    await agents.run(id);
    await open(`/?agent=${id}`);
    await connection.begin();
    const timer = dashboard.runs(name).getByRole("timer");
    // A run that waits has a timer too, of its own.
    await expect(status(dashboard.runs(name), "Running")).toBeVisible();
    const shown = await noting(timer);

    const asked = wire.pongs;
    await page.clock.setSystemTime(Date.now() + skew);
    await expect.poll(() => wire.pongs).toBeGreaterThan(asked);
    // The slow hand moves at once when the page is looked at.
    await setHidden(page, true);
    await setHidden(page, false);
    await expect(dashboard.row(name)).toContainText(RECENTLY);
    await expect.poll(async () => new Set(await shown()).size).toBeGreaterThan(3);
    const seconds = (await shown()).map(inSeconds);
    expect(seconds, "never back").toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds.at(-1)).toBeLessThan((Date.now() - started) / 1000 + 2);
    expect(wire.opened, "the connection stays").toBe(1);
    await connection.expectSamePage();
  });
}

/**
 * The part that sleeps, how long it may take by its clock to find out that the connection has died, and how it sleeps.
 * Sooner than the next ping and its usual patience.
 */
const sleeps: [string, number, (page: Page) => Promise<void>][] = [
  // Its timers stood still as well, so the next one has to come.
  ["the computer sleeps for an hour", 9_000, async (page) => await page.clock.setSystemTime(Date.now() + HOUR)],
  ["the tab is frozen for an hour", 4_000, async (page) => await page.clock.fastForward(HOUR)],
  [
    "the tab is hidden for an hour",
    4_000,
    async (page) => {
      await setHidden(page, true);
      await page.clock.fastForward(HOUR);
      await setHidden(page, false);
    },
  ],
];

for (const [what, within, sleep] of sleeps) {
  test(`${what} and its connection dies without a word`, async ({ page, open, agents }) => {
    const [dashboard, connection] = [new Dashboard(page), new Connection(page)];
    const wire = await Wire.lay(page);
    await page.clock.install();
    const { id, name } = await agents.create("demo/stall", "Sleeper");
    await open(`/?agent=${id}`);
    await connection.begin();
    wire.cutSilently();
    const started = Date.now();
    await agents.run(id);

    await stopClock(page);
    await sleep(page);
    await page.clock.runFor(within);
    await expect.poll(() => wire.opened).toBe(2);
    await page.clock.resume();
    const run = dashboard.runs(name);
    await expect(status(run, "Running")).toBeVisible();
    await connection.expectRegained();
    expect(wire.opened).toBe(2);
    // The hour was the page's alone: the server's clock counts.
    await expect.poll(async () => inSeconds(await run.getByRole("timer").textContent())).toBeGreaterThan(2);
    const shown = inSeconds(await run.getByRole("timer").textContent());
    expect(shown).toBeLessThan((Date.now() - started) / 1000 + 2);
  });

  test(`${what} and its connection lives on`, async ({ page, open, agents }) => {
    const [dashboard, connection] = [new Dashboard(page), new Connection(page)];
    const wire = await Wire.lay(page);
    await page.clock.install();
    const { id, name } = await agents.create("demo/quick", "Light sleeper");
    await open(`/?agent=${id}`);
    await connection.begin();
    await stopClock(page);
    const [sent, answered] = [wire.pings, wire.pongs];
    await sleep(page);
    // It asks, and the answer has all the time that this machine needs.
    await expect(async () => {
      if (wire.pings === sent) await page.clock.runFor(250);
      expect(wire.pings).toBeGreaterThan(sent);
    }).toPass();
    await expect.poll(() => wire.pongs).toBeGreaterThan(answered);
    await page.clock.resume();
    await agents.runToEnd(id, "success");
    await expect(status(dashboard.runs(name), "Success")).toBeVisible();
    await expect(connection.badge).toHaveText("Live");
    expect(wire.opened).toBe(1);
    await connection.expectSamePage();
  });
}

test("a connection that dies without a word is given up after a ping", async ({ page, open, agents }) => {
  const [dashboard, connection] = [new Dashboard(page), new Connection(page)];
  const wire = await Wire.lay(page);
  await page.clock.install();
  const { id, name } = await agents.create("demo/quick", "Silent");
  await open(`/?agent=${id}`);
  await connection.begin();
  await stopClock(page);
  wire.cutSilently();
  await agents.runToEnd(id, "success");
  // 15 s to the next ping and 10 s of silence. The next connection has all the time that this machine needs.
  await expect(async () => {
    if (wire.opened === 1) await page.clock.runFor(1_000);
    expect(wire.opened).toBe(2);
  }).toPass({ intervals: [100] });
  await page.clock.resume();
  await expect(status(dashboard.runs(name), "Success")).toBeVisible();
  expect(wire.opened).toBe(2);
  await connection.expectRegained();
});

test("a page that the browser has frozen catches up", async ({ page, own, open, agents }) => {
  const [dashboard, connection] = [new Dashboard(page), new Connection(page)];
  const { id, name } = await agents.create("demo/quick", "Frozen");
  await open(`/?agent=${id}`);
  await connection.begin();
  const browser = await page.context().newCDPSession(page);
  await browser.send("Page.setWebLifecycleState", { state: "frozen" });
  await own.kill();
  await own.up();
  await agents.runToEnd(id, "success");
  await browser.send("Page.setWebLifecycleState", { state: "active" });
  await expect(status(dashboard.runs(name), "Success")).toBeVisible();
  await connection.expectRegained();
});

test("a run's page shows the end that came with the outage", async ({ page, own, open, agents }) => {
  const connection = new Connection(page);
  const { id } = await agents.create("demo/stall", "Interrupted");
  await open(`/runs/${await agents.run(id)}`);
  await connection.begin();
  const main = page.getByRole("main");
  await expect(main).toContainText("so far");
  await own.kill();
  await expect(connection.lost).toBeVisible();
  await expect(main, "as far as is known").toContainText("so far");
  await own.up();
  await connection.expectRegained();
  await expect(main).toContainText("Failed");
  await expect(main).not.toContainText("so far");
});

test("two tabs: what one does appears in the other, and both survive the server", async ({ page, context, own, agents }) => {
  const { id, name } = await agents.create("demo/stall", "Shared");
  const pages = [page, await context.newPage()];
  for (const page of pages) {
    await page.goto(`${own.url}/?agent=${id}`);
    await hydrated(page);
    await new Connection(page).begin();
  }
  const [one, two] = pages.map((page) => new Dashboard(page)) as [Dashboard, Dashboard];
  await one.runNow(name).click();
  await expect(status(two.runs(name), "Running")).toBeVisible();
  await two.choose(two.runs(name), "Stop");
  await expect(status(one.runs(name), "Stopped")).toBeVisible();
  await two.runNow(name).click();
  await expect(status(one.runs(name).first(), "Running")).toBeVisible();

  await own.kill();
  for (const page of pages) await expect(new Connection(page).lost).toBeVisible();
  await own.up();
  for (const [at, dashboard] of [one, two].entries()) {
    await new Connection(pages[at] as Page).expectRegained();
    await expect(status(dashboard.runs(name).first(), "Failed")).toBeVisible();
  }
  await one.runNow(name).click();
  await expect(status(two.runs(name).first(), "Running")).toBeVisible();
});
