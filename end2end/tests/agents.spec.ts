import { Agents, Dashboard, expect, test } from "../fixtures.ts";

test("an agent is made in the dialog, and its row is open", async ({ page, open }) => {
  const dashboard = new Dashboard(page);
  const name = Agents.name("Made in the dialog");
  await open("/");
  await page.getByRole("link", { name: "New agent" }).click();
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Model").fill("demo/quick");
  await dialog.getByRole("button", { name: "Create agent" }).click();
  await expect(dialog).toBeHidden();
  await expect(dashboard.caret(name)).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByText("No runs yet.")).toBeVisible();
});

test("a field says what is wrong when it is left, and no longer once it is right", async ({ page, open }) => {
  await open("/");
  await page.getByRole("link", { name: "New agent" }).click();
  const limit = page.getByLabel("Time limit");
  await limit.fill("0");
  await expect(limit).not.toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Runs at once").focus();
  await expect(limit).toHaveAttribute("aria-invalid", "true");
  await expect(limit).toHaveAccessibleDescription(/Enter 1 to 86,400 seconds\..*up to a day/);
  await limit.fill("60");
  await expect(limit).not.toHaveAttribute("aria-invalid", "true");
  await expect(limit).toHaveAccessibleDescription("1 to 86,400: up to a day.");
});

test("a submit with errors leads to the summary, and its links to the fields", async ({ page, open }) => {
  await open("/");
  await page.getByRole("link", { name: "New agent" }).click();
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await dialog.getByLabel("Model").fill("x");
  await dialog.getByLabel("Runs at once").fill("many");
  await dialog.getByRole("button", { name: "Create agent" }).click();
  const summary = dialog.getByRole("alert");
  await expect(summary).toContainText("3 fields need attention.");
  await expect(summary).toBeFocused();
  for (const field of ["Name", "Model", "Runs at once"]) {
    await summary.getByRole("link", { name: field }).click();
    await expect(dialog.getByLabel(field)).toBeFocused();
    await expect(dialog.getByLabel(field)).toBeInViewport();
  }
  await dialog.getByLabel("Name").fill("Right");
  await expect(summary).toContainText("2 fields need attention.");
  await expect(page).toHaveURL(/\/$/);
});

test.describe("a provider that is not there", () => {
  // The browser itself tells of answers that are not a success.
  test.use({ tolerated: /status of 422/ });

  test("what the server refuses is said at its field", async ({ page, open }) => {
    await open("/");
    await page.getByRole("link", { name: "New agent" }).click();
    const dialog = page.getByRole("dialog", { name: "New agent" });
    await dialog.getByLabel("Name").fill(Agents.name("Refused"));
    await dialog.getByLabel("Model").fill("foo/bar");
    await dialog.getByRole("button", { name: "Create agent" }).click();
    await expect(dialog.getByRole("alert")).toBeFocused();
    const model = dialog.getByLabel("Model");
    await expect(model).toHaveAttribute("aria-invalid", "true");
    await expect(model).toHaveAccessibleDescription(/unknown provider "foo"/);
    await dialog.getByRole("alert").getByRole("link", { name: "Model" }).click();
    await expect(model).toBeFocused();
    await model.fill("demo/quick");
    await expect(dialog.getByRole("alert")).toBeHidden();
    await dialog.getByRole("button", { name: "Create agent" }).click();
    await expect(dialog).toBeHidden();
  });
});

test("what was typed survives Esc, and the focus returns to the button", async ({ page, open }) => {
  const name = Agents.name("Half typed");
  await open("/");
  const button = page.getByRole("link", { name: "New agent" });
  await button.click();
  const dialog = page.getByRole("dialog", { name: "New agent" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("System instructions").fill("Be brief.");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog.getByLabel("Name")).toHaveValue(name);
  await expect(dialog.getByLabel("System instructions")).toHaveValue("Be brief.");
  await dialog.getByRole("button", { name: "Create agent" }).click();
  await expect(dialog).toBeHidden();
  await button.click();
  await expect(dialog.getByLabel("Name"), "the next one starts empty").toHaveValue("");
});

test("a dialog that was left empty does not complain when it is opened again", async ({ page, open }) => {
  await open("/");
  const dialog = page.getByRole("dialog", { name: "New agent" });
  for (const close of [() => page.keyboard.press("Escape"), () => dialog.getByRole("button", { name: "Cancel" }).click()]) {
    await page.getByRole("link", { name: "New agent" }).click();
    await expect(dialog.getByLabel("Name")).toBeFocused();
    await close();
    await expect(dialog).toBeHidden();
  }
  await page.getByRole("link", { name: "New agent" }).click();
  await expect(dialog.getByLabel("Name")).toBeFocused();
  await expect(dialog.getByLabel("Name")).not.toHaveAttribute("aria-invalid", "true");
});

test("the form's own page makes an agent too", async ({ page, open }) => {
  const dashboard = new Dashboard(page);
  const name = Agents.name("On its own page");
  await open("/agents/new");
  await expect(page.getByRole("heading", { level: 1, name: "New agent" })).toBeVisible();
  await page.getByRole("button", { name: "Create agent" }).click();
  await expect(page.getByRole("alert")).toBeFocused();
  await page.getByRole("alert").getByRole("link", { name: "Name" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create agent" }).click();
  await expect(page).toHaveURL(/\/\?agent=\d+$/);
  await expect(dashboard.caret(name)).toHaveAttribute("aria-expanded", "true");
});
