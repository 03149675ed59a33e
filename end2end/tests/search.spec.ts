// The search for agents.

import { Agents, Dashboard, expect, test, toNewAgent } from "../fixtures.ts";

const field = "Search agents";

test("agents are found by name, description and model", async ({ page, open, agents }) => {
  const mark = Agents.name("zebra").replace(" ", "-");
  const byName = await agents.create("demo/quick", mark);
  const byText = await agents.create("demo/quick", "Other", { description: `Feeds the ${mark.toUpperCase()}` });
  const byModel = await agents.create(`ollama/${mark}`, "Third");
  await agents.create("demo/quick", "Unrelated");
  const dashboard = new Dashboard(page);
  await open("/");
  const search = page.getByRole("searchbox", { name: field });
  await search.pressSequentially(mark);
  await expect(search).toHaveValue(mark);
  await expect(page).toHaveURL(new RegExp(`\\?q=${mark}$`));
  await expect(dashboard.table.getByRole("rowheader")).toHaveCount(3);
  await expect(page.getByRole("status").filter({ hasText: "3 agents found" })).toBeAttached();
  for (const { name } of [byName, byText, byModel]) await expect(dashboard.row(name)).toBeVisible();

  await search.fill(`${mark} feeds`);
  await expect(dashboard.table.getByRole("rowheader")).toHaveCount(1);
  await expect(page.getByRole("status").filter({ hasText: "1 agent found" })).toBeAttached();
  await page.reload();
  await expect(search).toHaveValue(`${mark} feeds`);
  await expect(dashboard.table.getByRole("rowheader")).toHaveCount(1);
});

test("nothing found says so, and offers all again", async ({ page, open, agents }) => {
  const { name } = await agents.create("demo/quick", "Findable");
  const dashboard = new Dashboard(page);
  await open("/?q=nobody+is+called+so");
  await expect(page.getByRole("heading", { name: "No matching agents" })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "0 agents found" })).toBeAttached();
  await page.getByRole("link", { name: "Clear search" }).click();
  await expect(dashboard.row(name)).toBeVisible();
  await expect(page.getByRole("searchbox", { name: field })).toBeFocused();
  await expect(page.getByRole("searchbox", { name: field })).toHaveValue("");
  await expect(page).toHaveURL(/\/$/);
});

test("the slash leads to the search, but stays a slash where somebody types", async ({ page, open, agents }) => {
  await agents.create("demo/quick");
  await open("/");
  const search = page.getByRole("searchbox", { name: field });
  await page.keyboard.press("/");
  await expect(search).toBeFocused();
  await expect(search).toHaveValue("");
  await page.keyboard.type("demo/q");
  await expect(search).toHaveValue("demo/q");
  await toNewAgent(page);
  await page.getByLabel("Model").fill("demo");
  await page.keyboard.type("/quick");
  await expect(page.getByLabel("Model")).toHaveValue("demo/quick");
});

test("searching adds no steps to go back through, and opening a row keeps the words", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Kept words");
  const dashboard = new Dashboard(page);
  await open("/agents/new");
  await page.getByRole("link", { name: "Dashboard" }).click();
  await page.getByRole("searchbox", { name: field }).pressSequentially(name);
  await dashboard.openHistory(name);
  await expect(page).toHaveURL(new RegExp(`\\?agent=${id}&q=`));
  await dashboard.caret(name).click();
  await expect(page).toHaveURL(/\/\?q=/);
  await expect(page.getByRole("searchbox", { name: field })).toHaveValue(name);
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(/\/\?q=/);
  await page.goBack();
  await expect(page).toHaveURL(/\/agents\/new$/);
});

test("an agent that comes to match appears by itself", async ({ page, open, agents }) => {
  const mark = Agents.name("late").replace(" ", "-");
  await open(`/?q=${mark}`);
  await expect(page.getByRole("heading", { name: "No matching agents" })).toBeVisible();
  const { name } = await agents.create("demo/quick", mark);
  await expect(new Dashboard(page).row(name)).toBeVisible();
  await expect(page.getByRole("heading", { name: "No matching agents" })).toBeHidden();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the search is a form, and carets keep its words", async ({ page, agents }) => {
    const { id, name } = await agents.create("demo/quick", "Plain search");
    const dashboard = new Dashboard(page);
    await page.goto("/");
    await page.getByRole("searchbox", { name: field }).fill(name);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\?q=/);
    await expect(dashboard.table.getByRole("rowheader")).toHaveCount(1);
    await dashboard.caret(name).click();
    await expect(page).toHaveURL(new RegExp(`agent=${id}&q=`));
    await expect(dashboard.table.getByRole("rowheader")).toHaveCount(1);
    await expect(page.getByText("No runs yet.")).toBeVisible();
  });
});
