// Deleting an agent, from the question to its disappearance everywhere.

import { Dashboard, expect, test } from "../fixtures.ts";

test("an agent with runs goes only after its name was typed", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Doomed");
  await agents.runsToEnd(id, 2);
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  await dashboard.chooseFor(name, "Delete agent…");
  const dialog = page.getByRole("dialog", { name: `Delete ${name}?` });
  await expect(dialog).toContainText("Its 2 runs and their transcripts are deleted too.");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  const confirm = dialog.getByRole("button", { name: "Delete agent" });
  await expect(confirm).toBeDisabled();
  // It can be reached, so that people learn that it exists; it does nothing.
  await confirm.click({ force: true });
  await dialog.getByRole("textbox").fill(name.slice(0, -1));
  await page.keyboard.press("Enter");
  await expect(confirm).toBeDisabled();
  await expect(dialog).toBeVisible();
  await dialog.getByRole("textbox").fill(name);
  await expect(confirm).toBeEnabled();
  await confirm.click();
  await expect(dialog).toBeHidden();
  await expect(dashboard.row(name)).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Agents", exact: true })).toBeFocused();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByText("Agent deleted")).toBeVisible();
  expect((await agents.all()).map((agent) => agent.id)).not.toContain(id);
});

test("an agent without runs goes with a click", async ({ page, open, agents }) => {
  const { name } = await agents.create("demo/quick", "Unused");
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.chooseFor(name, "Delete agent…");
  const dialog = page.getByRole("dialog", { name: `Delete ${name}?` });
  await expect(dialog).toContainText("It has no runs.");
  await expect(dialog.getByRole("textbox")).toHaveCount(0);
  await dialog.getByRole("button", { name: "Delete agent" }).click();
  await expect(dashboard.row(name)).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Agents", exact: true })).toBeFocused();
});

test("a run under way is stopped when its agent is deleted", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/stall", "Working");
  await agents.run(id);
  const dashboard = new Dashboard(page);
  await open("/");
  await dashboard.chooseFor(name, "Delete agent…");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("One is running and will be stopped.");
  await dialog.getByRole("textbox").fill(name);
  await page.keyboard.press("Enter");
  await expect(dashboard.row(name)).toHaveCount(0);
});

test("Cancel and Esc keep the agent, and the focus returns", async ({ page, open, agents }) => {
  const { name } = await agents.create("demo/quick", "Spared");
  const dashboard = new Dashboard(page);
  await open("/");
  for (const key of ["Enter", "Escape"]) {
    await dashboard.chooseFor(name, "Delete agent…");
    await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(dashboard.more(name)).toBeFocused();
  }
  await expect(dashboard.row(name)).toBeVisible();
});

test("an agent deleted elsewhere while its row is open is said to be gone", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Vanishing");
  const other = await agents.create("demo/quick", "Staying");
  await agents.runToEnd(id, "success");
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  await expect(dashboard.runs(name)).toHaveCount(1);
  await agents.delete(id);
  await expect(dashboard.row(name)).toHaveCount(0);
  const said = page.getByRole("status").filter({ hasText: `There is no agent #${id}.` });
  await expect(said).toBeVisible();
  await dashboard.openHistory(other.name);
  await expect(said).toBeHidden();
});

test.describe("a deletion that the server refuses", () => {
  test.use({ tolerated: /status of (404|503)/ });

  test("is told in the dialog, which can then be tried again", async ({ page, open, agents }) => {
    const { name } = await agents.create("demo/quick", "Stubborn");
    const dashboard = new Dashboard(page);
    await open("/");
    await page.route("**/ui/agents/delete*", (route) => route.fulfill(busy), { times: 1 });
    await dashboard.chooseFor(name, "Delete agent…");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Delete agent" }).click();
    await expect(dialog.getByRole("alert")).toContainText("The database is busy. Try again.");
    await dialog.getByRole("button", { name: "Delete agent" }).click();
    await expect(dashboard.row(name)).toHaveCount(0);
  });
});

const busy = { status: 503, json: { kind: "busy", detail: "The database is busy. Try again." } };
