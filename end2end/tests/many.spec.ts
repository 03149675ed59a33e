// Copying, importing and changing many agents, and choosing models.

import { Agents, Dashboard, expect, expectAccessible, hydrated, test } from "../fixtures.ts";

test("a copy is made from the menu, and leads to its settings", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Original", { schedule: "@daily", tags: ["eu"] });
  await open("/");
  await new Dashboard(page).chooseFor(name, "Duplicate");
  await expect(page).toHaveURL(/\/agents\/\d+\/settings$/);
  await hydrated(page);
  const copy = Number(page.url().split("/").at(-2));
  expect(copy).not.toBe(id);
  await expect(page.getByRole("heading", { level: 1, name: `${name} copy` })).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "Agent duplicated" })).toContainText("paused");
  await expect(page.getByRole("switch", { name: /^Paused/ })).toBeChecked();
  await expect(page.getByLabel("Tags")).toHaveValue("eu");
  expect(await agents.show(copy)).toMatchObject({ schedule: "@daily", paused: true });
  expect(await agents.show(id)).toMatchObject({ paused: false });

  await page.getByRole("button", { name: `More actions for ${name} copy` }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${name} copy 2` })).toBeVisible();
});

test("agents are selected by keys and paused, each with its result", async ({ page, open, agents }) => {
  const mark = Agents.name("bulk").replace(" ", "-");
  const daily = await agents.create("demo/quick", `Daily ${mark}`, { schedule: "@daily" });
  const plain = await agents.create("demo/quick", `Plain ${mark}`);
  const gone = await agents.create("demo/quick", `Gone ${mark}`, { schedule: "@daily" });
  await open(`/?q=${mark}`);
  await page.getByRole("link", { name: "Select" }).click();
  await expect(page).toHaveURL(new RegExp(`/agents/select\\?q=${mark}$`));
  await hydrated(page);
  const row = (name: string) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name }) });
  await expect(page.getByRole("rowheader")).toHaveCount(3);
  await page.getByRole("checkbox", { name: "Select all shown" }).focus();
  await page.keyboard.press("Space");
  await expect(page.getByRole("status").filter({ hasText: "3 agents selected" })).toBeAttached();
  await agents.delete(gone.id);
  await page.getByRole("button", { name: "Pause schedules" }).focus();
  await page.keyboard.press("Enter");
  await expect(row(daily.name)).toContainText("Changed");
  await expect(row(daily.name)).toContainText("Paused");
  await expect(row(plain.name)).toContainText("Unchanged");
  await expect(row(gone.name)).toContainText(`There is no agent #${gone.id}.`);
  await expect(page.getByRole("status").filter({ hasText: "1 changed" })).toContainText("1 could not be changed");
  await expectAccessible(page);
  expect(await agents.show(daily.id)).toMatchObject({ paused: true });

  await page.getByRole("checkbox", { name: `Select ${gone.name}` }).uncheck();
  await page.getByRole("button", { name: "Tags…" }).click();
  await expect(page.getByLabel("Tags to add")).toBeFocused();
  await page.keyboard.type("new, eu");
  await page.keyboard.press("Enter");
  await expect(row(plain.name)).toContainText("eu");
  expect(await agents.show(plain.id)).toMatchObject({ tags: ["new", "eu"] });
  await page.getByRole("button", { name: "Clear the selection" }).click();
  await expect(page.getByRole("region", { name: "Selection" })).toBeHidden();
});

test.describe("an import", () => {
  // The browser logs the server's refusals too.
  test.use({ tolerated: /status of (400|409).*\/ui\/agents\/import/ });

  test("what an import would do is shown before it is done", async ({ page, open, agents }) => {
    const { id, name } = await agents.create("demo/quick", "Kept in git", { system_instructions: "One\nTwo\n" });
    const added = Agents.name("From a file");
    const exported = await (await page.request.get(`/api/agents/${id}/export`)).text();
    const file = `${exported.replace("demo/quick", "demo/slow").replace("Two", "Zwei")}\n[[agent]]\nname = "${added}"\n`;
    await open("/agents/import");
    await page.getByLabel("Choose a file").setInputFiles({ name: "agents.toml", mimeType: "application/toml", buffer: Buffer.from(file) });
    await expect(page.getByLabel("Or paste it")).toHaveValue(file);
    await page.getByRole("button", { name: "Show changes" }).click();
    await expect(page.getByText("1 to create, 1 to change, 0 unchanged.")).toBeVisible();
    await expect(page.getByRole("row", { name: /^Model demo\/quick changed to demo\/slow$/ })).toBeVisible();
    await expect(page.getByRole("table", { name: "System instructions, by line" })).toContainText("Zwei");
    await expectAccessible(page);
    expect(await agents.show(id), "nothing is changed yet").toMatchObject({ model: "demo/quick" });

    // Somebody else is faster.
    await agents.replace(id, { name, model: "demo/quick", max_steps: 7 });
    await page.getByRole("button", { name: "Import 2 agents" }).click();
    await expect(page.getByRole("alert")).toContainText("Nothing was imported.");
    expect(await agents.show(id)).toMatchObject({ max_steps: 7 });
    await page.getByRole("button", { name: "Show changes" }).click();
    await page.getByRole("button", { name: "Import 2 agents" }).click();
    await expect(page.getByText("1 created, 1 changed, 0 unchanged.")).toBeVisible();
    expect(await agents.show(id)).toMatchObject({ model: "demo/slow", max_steps: 25 });
    expect((await agents.all()).some((agent) => agent.name === added)).toBe(true);
  });

  test("a mistake in a file is shown with its line", async ({ page, open }) => {
    await open("/agents/import");
    await page.getByLabel("Or paste it").fill('[[agent]]\nname = "A"\nmax_steps = 0\n');
    await page.getByRole("button", { name: "Show changes" }).click();
    await expect(page.getByText("Line 3, max_steps: must be a whole number from 1 to 200")).toBeVisible();
    await expect(page.getByRole("button", { name: /^Import/ })).toHaveCount(0);
    await page.getByLabel("Or paste it").fill("[[agent]");
    await page.getByRole("button", { name: "Show changes" }).click();
    await expect(page.getByRole("alert")).toContainText("The file is not TOML: line 1");
  });
});

test("a model is chosen of what the providers list, by keys", async ({ page, open }) => {
  await open("/agents/new");
  const model = page.getByRole("combobox", { name: "Model" });
  await model.focus();
  await expect(model).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("ArrowDown");
  await expect(model).toHaveAttribute("aria-expanded", "true");
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await expect(options.filter({ hasText: "demo/quick" })).toBeVisible();
  await expect(page.getByRole("group", { name: "Built in" })).toBeVisible();
  await page.keyboard.type("demo/sl");
  await expect(options).toHaveCount(1);
  await expect(options).toContainText("free");
  await expectAccessible(page);
  await page.keyboard.press("ArrowDown");
  const active = await model.getAttribute("aria-activedescendant");
  await expect(page.locator(`#${active}`)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(model).toHaveValue("demo/slow");
  await expect(model).toHaveAttribute("aria-expanded", "false");
  await expect(page).toHaveURL(/\/agents\/new$/);

  await model.fill("ollama/anything");
  await expect(page.getByRole("status").filter({ hasText: "Any text will do" })).toBeAttached();
  await page.keyboard.press("Escape");
  await expect(model).toHaveValue("ollama/anything");
  await expect(model).toHaveAttribute("aria-expanded", "false");

  await page.getByRole("button", { name: "Show suggestions" }).click();
  await expect(model).toBeFocused();
  await options.filter({ hasText: "demo/tools" }).click();
  await expect(model).toHaveValue("demo/tools");
});
