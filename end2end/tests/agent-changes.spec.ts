// Changing and pausing an agent, and changes that others make meanwhile.

import { Agents, Dashboard, expect, hydrated, test } from "../fixtures.ts";

test("an agent is edited on its page, and other tabs see it", async ({ page, context, open, agents }) => {
  const { id, name } = await agents.create("demo/slow", "Before", { description: "Old words", timeout_s: 77 });
  const dashboard = new Dashboard(page);
  const other = await context.newPage();
  await other.goto("/");
  await hydrated(other);
  await open("/");
  await dashboard.chooseFor(name, "Edit");
  await hydrated(page);
  await expect(page.locator("form").getByLabel("Name")).toHaveValue(name);
  const after = Agents.name("After");
  await page.locator("form").getByLabel("Name").fill(after);
  await page.locator("form").getByLabel("Description").fill("New words");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Changes saved")).toBeVisible();
  await expect(new Dashboard(other).row(after)).toContainText("New words");
  await expect(new Dashboard(other).row(name)).toHaveCount(0);
  expect(await agents.show(id)).toMatchObject({ name: after, description: "New words", timeout_s: 77 });
});

test("an agent is paused and resumed", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Pausing", { schedule: "30 4 1 1 *" });
  const dashboard = new Dashboard(page);
  await open("/");
  await expect(dashboard.row(name)).toContainText("Scheduled");
  await dashboard.chooseFor(name, "Pause schedule");
  await expect(dashboard.row(name)).toContainText("Paused");
  await expect(dashboard.more(name)).toBeFocused();
  expect((await agents.show(id)).paused).toBe(true);
  await dashboard.chooseFor(name, "Resume schedule");
  await expect(dashboard.row(name)).toContainText("Scheduled");
  expect((await agents.show(id)).paused).toBe(false);
});

test("without a schedule there is nothing to pause", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Unscheduled");
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.more(name).click();
  await expect(page.getByRole("menuitem", { name: "Pause schedule" })).toHaveAttribute("aria-disabled", "true");
  await open(`/agents/${id}`);
  await expect(page.getByRole("button", { name: `Run now: ${name}` })).toBeVisible();
  await expect(page.getByRole("button", { name: "Pause schedule" })).toHaveCount(0);
});

test("an agent that runs while its schedule is paused says both", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/stall", "Both", { schedule: "30 4 1 1 *", paused: true });
  const run = await agents.run(id);
  await open(`/agents/${id}`);
  await expect(page.locator(".page__head")).toContainText("Running · Paused");
  await agents.stop(run);
  await expect(page.locator(".page__head")).not.toContainText("Running");
  await expect(page.locator(".page__head")).toContainText("Paused");
});

test("editing a paused agent leaves it paused", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Sleeping", { paused: true });
  await open(`/agents/${id}/settings`);
  await page.locator("form").getByLabel("Description").fill("Still asleep");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Changes saved")).toBeVisible();
  expect(await agents.show(id)).toMatchObject({ description: "Still asleep", paused: true });
});

test("a run started elsewhere does not disturb a form that is being filled in", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/stall", "Busy");
  await open(`/agents/${id}/settings`);
  const description = page.locator("form").getByLabel("Description");
  await description.pressSequentially("Typed while");
  const run = await agents.run(id);
  await expect(page.locator(".page__head")).toContainText("Running");
  await expect(description).toBeFocused();
  await description.pressSequentially(" it ran");
  await expect(description).toHaveValue("Typed while it ran");
  await agents.stop(run);
});
