// Schedules: their form, their preview, their runs.

import { Agents, Dashboard, expect, expectAccessible, expectMade, hydrated, status, test } from "../fixtures.ts";

/** Comes due in a month that is not near, so that nothing fires during a test. */
const seldom = { schedule: "30 4 1 1 *", time_zone: "Europe/Berlin" };

test("an agent is given a schedule, and the form says what it means before it is saved", async ({ page, open }) => {
  const dashboard = new Dashboard(page);
  const name = Agents.name("Scheduled");
  await open("/agents/new");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Cron expression").fill("*/15 8-19 * * 1-5");
  await page.getByLabel("Time zone").fill("America/New_York");
  const times = page.locator(".schedule li");
  await expect(times).toHaveCount(5);
  await expect(page.locator(".schedule")).toContainText("Every 15 minutes, 08:00–19:59, Monday to Friday");
  await expect(page.getByText(/^[\d,]+ runs in 30 days\./)).toBeVisible();
  await expect(times.first().locator("time")).toHaveAttribute("datetime", /T\d\d:(00|15|30|45):00\.000Z$/);
  await expectAccessible(page);
  await page.getByLabel("If a run is still active").selectOption("Skip the next");
  await page.getByLabel(/^Catch up on missed times/).check();
  await page.getByRole("button", { name: "Create agent" }).click();
  await expectMade(page, name);
  await open("/");
  await expect(dashboard.row(name)).toContainText("Scheduled");
  await expect(dashboard.row(name).locator(".agent__next time")).toHaveText(/^in \d+ (s|min|h|days?)$|^now$/);

  await dashboard.chooseFor(name, "Edit");
  await hydrated(page);
  await expect(page.getByLabel("Cron expression")).toHaveValue("*/15 8-19 * * 1-5");
  await expect(page.getByLabel("Time zone")).toHaveValue("America/New_York");
  await expect(page.getByLabel("If a run is still active")).toHaveValue("skip");
  await expect(page.getByLabel(/^Catch up on missed times/)).toBeChecked();
  await page.getByLabel("Cron expression").fill("");
  await expect(page.locator(".schedule")).toHaveCount(0);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Changes saved")).toBeVisible();
  await open("/");
  await expect(dashboard.row(name)).toContainText("No schedule");
});

test.describe("a schedule that cannot be", () => {
  test.use({ tolerated: /status of 422/ });

  test("is said while it is typed, and at its field when it is sent", async ({ page, open }) => {
    await open("/agents/new");
    const schedule = page.getByLabel("Cron expression");
    await page.getByLabel("Name").fill(Agents.name("Impossible"));
    await schedule.fill("*/15 25 * * *");
    await expect(page.getByText(/Hour \(field 2\) must be 0–23/)).toBeVisible();
    await schedule.fill("0 0 31 2 *");
    await expect(page.getByText(/this date never occurs/)).toBeVisible();
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(schedule).toHaveAttribute("aria-invalid", "true");
    await expect(schedule).toHaveAccessibleDescription(/this date never occurs/);
    await schedule.fill("@daily");
    const zone = page.getByLabel("Time zone");
    await zone.fill("Europe/Bern");
    await expect(zone).toHaveAccessibleDescription(/"Europe\/Bern" is not the name of a time zone/);
    await schedule.fill("75 * * * *");
    await expect(schedule).toHaveAccessibleDescription(/Minute \(field 1\) must be 0–59/);
    await expect(zone).toHaveAttribute("aria-invalid", "true");
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByRole("alert")).toContainText("2 fields need attention.");
    await expect(page.getByRole("alert").getByRole("link")).toHaveText(["Cron expression", "Time zone"]);
    await expectAccessible(page);
  });
});

test("a schedule fires by itself, and its runs say so", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Every other second", { schedule: "*/2 * * * * *" });
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  const run = dashboard.runs(name).last();
  await expect(status(run, "Success")).toBeVisible();
  await expect(run).toContainText("Schedule");
  await agents.delete(id);
});

test("pausing holds the schedule back, and resuming lets it go on", async ({ page, open, agents }) => {
  const { name } = await agents.create("demo/quick", "Held back", seldom);
  const dashboard = new Dashboard(page);
  await open("/");
  const next = dashboard.row(name).locator(".agent__next");
  await expect(next).toContainText(/^in \d+ days?/);
  await dashboard.chooseFor(name, "Pause schedule");
  await expect(next).toHaveText("Paused");
  await dashboard.chooseFor(name, "Resume schedule");
  await expect(next).toContainText(/^in \d+ days?/);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the next run is in the page", async ({ page, agents }) => {
    const { name } = await agents.create("demo/quick", "Read plainly", seldom);
    await page.goto("/");
    await expect(new Dashboard(page).row(name).locator(".agent__next time")).toHaveText(/^in \d+ days?$/);
  });
});
