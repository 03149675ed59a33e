// Creating an agent: checks of fields, errors of a submit, unsaved text.

import { Agents, expect, expectAccessible, expectMade, test, toNewAgent } from "../fixtures.ts";

test("an agent is made on its page, and what it has become is shown", async ({ page, open, agents }) => {
  const name = Agents.name("Made on its page");
  await open("/");
  await toNewAgent(page);
  await expect(page.getByRole("heading", { level: 1, name: "New agent" })).toBeVisible();
  await expect(page.getByLabel("Name")).toBeFocused();
  await page.getByLabel("Name").fill(name);
  const model = page.getByLabel("Model");
  await expect(model).toHaveAccessibleDescription(/^Provider and model, such as .+ Free\.$/);
  await model.fill("demo/quick");
  await page.getByLabel("Max steps per run").fill("12");
  await page.getByLabel("Max tokens per month").fill("2,000,000");
  await page.getByRole("checkbox", { name: /^http_request/ }).check();
  await page.getByRole("switch", { name: /^Paused/ }).check();
  await page.getByRole("button", { name: "Create agent" }).click();
  await expectMade(page, name);
  await expect(page.getByText("No runs yet.")).toBeVisible();
  const id = Number(new URL(page.url()).pathname.split("/").pop());
  expect(await agents.show(id)).toMatchObject({
    max_steps: 12,
    month_budget_tokens: 2_000_000,
    tools: ["current_time", "http_request"],
    paused: true,
  });
});

test("a field says what is wrong when it is left, and no longer once it is right", async ({ page, open }) => {
  await open("/agents/new");
  const limit = page.getByLabel("Time limit");
  await limit.fill("0");
  await expect(limit).not.toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Max concurrent runs").focus();
  await expect(limit).toHaveAttribute("aria-invalid", "true");
  await expect(limit).toHaveAccessibleDescription("Enter 1 to 86,400 seconds.");
  await limit.fill("60");
  await expect(limit).not.toHaveAttribute("aria-invalid", "true");
  await expect(limit).toHaveAccessibleDescription("Up to 86,400 (24 hours). That is 1 min.");
});

test("the price of the model that is typed is said, or that it is not known", async ({ page, open }) => {
  await open("/agents/new");
  const model = page.getByLabel("Model");
  await model.fill("openai/gpt-5-mini");
  await page.getByLabel("Description").focus();
  await expect(model).toHaveAccessibleDescription(/\$0\.\d+ per 1M input tokens, \$2\.00 per 1M output tokens\.$/);
  await model.fill("ollama/llama3.2");
  await page.getByLabel("Description").focus();
  await expect(model).toHaveAccessibleDescription(/Price unknown: costs are shown as unknown/);
});

test("a submit with errors leads to the summary, and its links to the fields", async ({ page, open }) => {
  const name = Agents.name("Right");
  await open("/agents/new");
  await page.getByLabel("Model").fill("x");
  await page.getByLabel("Max concurrent runs").fill("many");
  await page.getByRole("button", { name: "Create agent" }).click();
  const summary = page.getByRole("alert");
  await expect(summary).toContainText("3 fields need attention.");
  await expect(summary).toBeFocused();
  await expect(summary).toBeInViewport();
  await expectAccessible(page);
  for (const field of ["Name", "Model", "Max concurrent runs"]) {
    await summary.getByRole("link", { name: field }).click();
    await expect(page.getByLabel(field)).toBeFocused();
    await expect(page.getByLabel(field)).toBeInViewport();
  }
  await page.getByLabel("Name").fill(name);
  await expect(summary).toContainText("2 fields need attention.");
  await expect(page).toHaveURL(/\/agents\/new$/);
  await page.getByLabel("Model").fill("demo/quick");
  await page.getByLabel("Max concurrent runs").fill("2");
  await expect(summary).toBeHidden();
  await page.getByRole("button", { name: "Create agent" }).click();
  await expectMade(page, name);
});

test.describe("a provider that is not there", () => {
  // The browser itself reports responses that are not a success.
  test.use({ tolerated: /status of 422/ });

  test("what the server refuses is said at its field", async ({ page, open }) => {
    const name = Agents.name("Refused");
    await open("/agents/new");
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Model").fill("foo/bar");
    await page.getByLabel("Description").focus();
    await expect(page.getByLabel("Model"), "before it is sent").toHaveAttribute("aria-invalid", "true");
    await page.getByRole("button", { name: "Create agent" }).click();
    await expect(page.getByRole("alert")).toBeFocused();
    const model = page.getByLabel("Model");
    await expect(model).toHaveAttribute("aria-invalid", "true");
    await expect(model).toHaveAccessibleDescription(/unknown provider "foo"/);
    await page.getByRole("alert").getByRole("link", { name: "Model" }).click();
    await expect(model).toBeFocused();
    await model.fill("demo/quick");
    await expect(page.getByRole("alert")).toBeHidden();
    await page.getByRole("button", { name: "Create agent" }).click();
    await expectMade(page, name);
  });
});

test("what was typed is not lost by leaving, unless one says so", async ({ page, open }) => {
  const name = Agents.name("Half typed");
  await open("/");
  await toNewAgent(page);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("System instructions").fill("Be brief.");
  const cancel = page.getByRole("link", { name: "Cancel" });
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await cancel.click();
  await expect(dialog).toContainText("You have changed Name, System instructions.");
  await expectAccessible(page);
  await expect(dialog.getByRole("button", { name: "Stay" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(cancel).toBeFocused();

  // The browser's own question, for what is no link of ours.
  const asked = page.waitForEvent("dialog");
  await page.evaluate(() => history.back());
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();
  await expect(page.getByLabel("Name")).toHaveValue(name);
  await expect(page.getByLabel("System instructions")).toHaveValue("Be brief.");
  await page.getByRole("button", { name: "Create agent" }).click();
  await expectMade(page, name);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("Agent created"), "it is said once").toHaveCount(0);

  await open("/");
  await toNewAgent(page);
  await expect(page.getByLabel("Name"), "the next one starts empty").toHaveValue("");
  await page.getByLabel("Name").fill("Thought better of");
  await cancel.click();
  await dialog.getByRole("button", { name: "Discard and leave" }).click();
  await expect(page).toHaveURL(/\/$/);
});

test("a form that was left empty asks nothing, and does not complain when one comes again", async ({ page, open }) => {
  await open("/");
  for (const leave of [() => page.getByRole("link", { name: "Cancel" }).click(), () => page.goBack()]) {
    await toNewAgent(page);
    await expect(page.getByLabel("Name")).toBeFocused();
    await leave();
    await expect(page).toHaveURL(/\/$/);
  }
  await toNewAgent(page);
  await expect(page.getByLabel("Name")).toBeFocused();
  await expect(page.getByLabel("Name")).not.toHaveAttribute("aria-invalid", "true");
});
