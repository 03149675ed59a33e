import { Agents, Dashboard, expect, hydrated, test } from "../fixtures.ts";

test("an agent is edited from what it was, and other tabs see it", async ({ page, context, open, agents }) => {
  const { id, name } = await agents.create("demo/slow", "Before", { description: "Old words", timeout_s: 77 });
  const dashboard = new Dashboard(page);
  const other = await context.newPage();
  await other.goto("/");
  await hydrated(other);
  await open("/");
  await dashboard.chooseFor(name, "Edit…");
  const dialog = page.getByRole("dialog", { name: `Edit ${name}` });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await expect(dialog.getByLabel("Name")).toHaveValue(name);
  await expect(dialog.getByLabel("Description")).toHaveValue("Old words");
  await expect(dialog.getByLabel("Model")).toHaveValue("demo/slow");
  await expect(dialog.getByLabel("Task instructions")).toHaveValue("Say what there is to say.");
  await expect(dialog.getByLabel("Time limit")).toHaveValue("77");

  const after = Agents.name("After");
  await dialog.getByLabel("Name").fill(after);
  await dialog.getByLabel("Description").fill("New words");
  await dialog.getByRole("button", { name: "Save changes" }).click();
  await expect(dialog).toBeHidden();
  await expect(dashboard.more(after)).toBeFocused();
  for (const tab of [page, other]) {
    await expect(new Dashboard(tab).row(after)).toContainText("New words");
    await expect(new Dashboard(tab).row(name)).toHaveCount(0);
  }
  expect(await agents.show(id)).toMatchObject({ name: after, description: "New words", timeout_s: 77 });
});

test("an edit that is cancelled changes nothing, not even the next one", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Kept");
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.chooseFor(name, "Edit…");
  await page.getByLabel("Name").fill("Something else");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(dashboard.more(name)).toBeFocused();
  await dashboard.chooseFor(name, "Edit…");
  await expect(page.getByLabel("Name")).toHaveValue(name);
  expect((await agents.show(id)).name).toBe(name);
});

test("an agent is paused and resumed", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Pausing");
  const dashboard = new Dashboard(page);
  await open("/");
  await expect(dashboard.row(name)).toContainText("Idle");
  await dashboard.chooseFor(name, "Pause");
  await expect(dashboard.row(name)).toContainText("Paused");
  await expect(dashboard.more(name)).toBeFocused();
  expect((await agents.show(id)).paused).toBe(true);
  await dashboard.chooseFor(name, "Resume");
  await expect(dashboard.row(name)).toContainText("Idle");
  expect((await agents.show(id)).paused).toBe(false);
});

test("editing a paused agent leaves it paused", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Sleeping", { paused: true });
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.chooseFor(name, "Edit…");
  await page.getByLabel("Description").fill("Still asleep");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(dashboard.row(name)).toContainText("Still asleep");
  expect((await agents.show(id)).paused).toBe(true);
});

test("a run started elsewhere does not disturb a form that is being filled in", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Busy");
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.chooseFor(name, "Edit…");
  const description = page.getByLabel("Description");
  await description.pressSequentially("Typed while");
  await agents.runToEnd(id, "success");
  await expect(dashboard.table.locator(`[data-agent="${id}"]`)).toContainText("API");
  await expect(description).toBeFocused();
  await description.pressSequentially(" it ran");
  await expect(description).toHaveValue("Typed while it ran");
});
