// Stopping all runs of an agent.

import { expect, test } from "../fixtures.ts";

test("all runs of an agent are stopped after a question", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/stall", "Runs on");
  await agents.run(id);
  await agents.run(id);
  await open(`/agents/${id}`);
  await expect(page.getByRole("row", { name: /Running/ })).toHaveCount(2);
  const menu = page.getByRole("button", { name: `More actions for ${name}` });
  await menu.click();
  await page.getByRole("menuitem", { name: "Stop all runs…" }).click();
  const dialog = page.getByRole("dialog", { name: `Stop all runs of ${name}?` });
  await expect(dialog).toContainText("2 runs are queued or running.");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Stop all runs" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("Stopped 2 runs")).toBeVisible();
  await expect(page.getByRole("row", { name: /Stopped/ })).toHaveCount(2);

  await menu.click();
  await page.getByRole("menuitem", { name: "Stop all runs…" }).click();
  await expect(page.getByText("No run is queued or running.")).toBeVisible();
});
