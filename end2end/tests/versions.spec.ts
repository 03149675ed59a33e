// The page of versions: listing, comparing, restoring.

import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, test, type Agents } from "../fixtures.ts";

/** The rows of the list, newest first. */
const rows = (page: Page): Locator =>
  page.getByRole("table", { name: "Versions, newest first" }).getByRole("row").filter({ has: page.getByRole("rowheader") });

/** An agent with three versions: of the first there is a run. */
async function changed(agents: Agents): Promise<{ id: number; name: string; run: number }> {
  const { id, name } = await agents.create("demo/quick", "Versioned", { system_instructions: "Be brief.\nBe kind." });
  const run = await agents.runToEnd(id, "success");
  const second = { name, model: "demo/slow", system_instructions: "Be brief.\nBe very kind.", task_instructions: "x" };
  await agents.replace(id, { ...second, note: "Kinder" });
  await agents.replace(id, { ...second, max_steps: 9 });
  return { id, name, run };
}

test("versions are listed with what changed and what their runs came to", async ({ page, agents, open }) => {
  const { id, run } = await changed(agents);
  await open(`/agents/${id}`);
  await page.getByRole("link", { name: "Versions" }).click();
  await expect(page).toHaveURL(`/agents/${id}/versions`);
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).nth(0)).toContainText("Current");
  await expect(rows(page).nth(0)).toContainText("Max steps per run 9");
  await expect(rows(page).nth(1)).toContainText("Model demo/slow, 1 line of system instructions");
  await expect(rows(page).nth(1)).toContainText("“Kinder”");
  await expect(rows(page).nth(2)).toContainText("Created");
  await expect(rows(page).nth(2)).toContainText("100%");

  await open(`/runs/${run}`);
  await page.getByRole("link", { name: "1", exact: true }).click();
  await expect(page).toHaveURL(`/agents/${id}/versions?b=1`);
  await expect(rows(page)).toHaveCount(3);
});

test("any two versions are compared, setting by setting and line by line", async ({ page, agents, open }) => {
  const { id } = await changed(agents);
  await open(`/agents/${id}/versions`);
  await rows(page).nth(1).getByRole("link", { name: "Diff of version 2" }).click();
  await expect(page).toHaveURL(`/agents/${id}/versions?a=1&b=2`);
  const settings = page.getByRole("table", { name: "Settings that differ, version 1 and version 2" });
  await expect(settings.getByRole("row", { name: /^Model/ })).toHaveText(/demo\/quick.*changed to.*demo\/slow/);
  const lines = page.getByRole("table", { name: /^System instructions, version 1/ });
  await expect(lines.locator(".is-removed")).toHaveText("2Removed: Be kind.");
  await expect(lines.locator(".is-added ins")).toHaveText("very ");
  await expect(page.getByRole("heading", { name: "Task instructions" })).toBeVisible();

  await page.getByLabel("Compare with").selectOption("1");
  await page.getByLabel("Version", { exact: true }).selectOption("3");
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await expect(page).toHaveURL(`/agents/${id}/versions?b=3&a=1`);
  await expect(page.getByRole("table", { name: /^Settings that differ, version 1 and version 3/ })).toContainText("9");
  await open(`/agents/${id}/versions?a=1&b=9`);
  await expect(page.getByText(`Agent #${id} has no version 9.`)).toBeVisible();
});

test.describe("restoring", () => {
  // Of the browser's own accord: a version that somebody else has changed is refused.
  test.use({ tolerated: /status of 409/ });

  test("a version is restored after a question, which says what will come of it", async ({ page, agents, open }) => {
    const { id } = await changed(agents);
    await open(`/agents/${id}/versions?a=1&b=3`);
    await page.getByRole("button", { name: "Restore 1…" }).click();
    const dialog = page.getByRole("dialog", { name: "Restore version 1?" });
    await expect(dialog).toContainText("This saves version 4 with the settings of version 1.");
    await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toBeHidden();

    await page.getByRole("button", { name: "Restore 1…" }).click();
    await dialog.getByLabel("Why").fill("It was better");
    // Meanwhile somebody else changes it.
    const { name } = await agents.show(id);
    await agents.replace(id, { name, model: "demo/quick", max_steps: 4 });
    await dialog.getByRole("button", { name: "Restore version 1" }).click();
    await expect(dialog.getByRole("alert")).toContainText("Somebody has changed agent");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByRole("link", { name: "Show version 4" })).toBeVisible();

    await page.getByRole("button", { name: "Restore 1…" }).click();
    await dialog.getByLabel("Why").fill("It was better");
    await dialog.getByRole("button", { name: "Restore version 1" }).click();
    await expect(page).toHaveURL(`/agents/${id}/versions`);
    await expect(rows(page).nth(0)).toContainText("Restored version 1: It was better");
    await expect(rows(page).nth(0)).toContainText("Current");
    expect(await agents.show(id)).toMatchObject({ model: "demo/quick", system_instructions: "Be brief.\nBe kind." });
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("versions are listed and compared", async ({ page, agents }) => {
    const { id } = await changed(agents);
    await page.goto(`/agents/${id}/versions`);
    await expect(rows(page)).toHaveCount(3);
    await expect(page.getByRole("button", { name: /^Restore/ })).toBeHidden();
    await page.getByLabel("Compare with").selectOption("1");
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await expect(page).toHaveURL(`/agents/${id}/versions?b=3&a=1`);
    await expect(page.getByText("1 line added, 1 removed").first()).toBeVisible();
  });
});
