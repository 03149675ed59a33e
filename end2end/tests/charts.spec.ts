// Charts: what they show is there by pointing, by keyboard and as a table, also without JavaScript.

import { Dashboard, expect, status, test } from "../fixtures.ts";

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? "with JavaScript" : "without JavaScript", () => {
    test.use({ javaScriptEnabled });

    test("an agent's runs are drawn day by day, and read by the arrow keys and as a table", async ({ page, agents }) => {
      const { id } = await agents.create("demo/quick", "Charted");
      await agents.runToEnd(id, "success");
      await page.goto(`/agents/${id}`);
      const runs = page.getByRole("region", { name: "Runs by day" });
      const today = runs.getByRole("radio", { name: "Today: Succeeded 1, Failed 0" });
      await today.focus();
      await page.keyboard.press("ArrowLeft");
      await expect(today).not.toBeFocused();
      await page.keyboard.press("ArrowRight");
      await expect(today).toBeFocused();
      await runs.getByText("Show as table").click();
      const table = runs.getByRole("table", { name: "Runs by day" });
      await expect(table.getByRole("row").nth(1)).toHaveText("Today10");
      await expect(runs.getByRole("link", { name: /^v1, saved/ })).toHaveAttribute("href", `/agents/${id}/versions?b=1`);
    });
  });
}

test("charts follow runs that end while they are seen", async ({ page, agents, open }) => {
  const { id, name } = await agents.create("demo/quick", "Charted live");
  await page.clock.install();
  await open(`/agents/${id}`);
  await agents.runToEnd(id, "success");
  const runs = page.getByRole("region", { name: "Runs by day" });
  const today = runs.getByRole("radio", { name: "Today: Succeeded 1, Failed 0" });
  await expect(status(new Dashboard(page).runs(name), "Success")).toBeVisible();
  // They are drawn once a minute at most.
  await page.clock.fastForward(60_000);
  await expect(today).toBeAttached();
});

test("why runs failed is said once for all that say the same, until it is resolved", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/fail", "Broken");
  await agents.runToEnd(id, "failed");
  await agents.runToEnd(id, "failed");
  await open(`/agents/${id}`);
  const errors = page.getByRole("region", { name: "Why runs failed" });
  await expect(errors.getByRole("listitem")).toHaveCount(1);
  await expect(errors).toContainText("2 runs");
  await errors.getByRole("button", { name: /^Resolve/ }).click();
  await expect(errors).toContainText("Resolved");
  await expect(errors.getByRole("button", { name: /^Reopen/ })).toBeVisible();
});

test("the page of all agents leads to the runs that its figures are of", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Summed up");
  await agents.runToEnd(id, "success");
  await open("/analytics");
  await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Analytics" })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await page.getByRole("link", { name: "24 hours" }).click();
  await page.getByRole("link", { name: "Triggers" }).click();
  await page.getByRole("link", { name: "API", exact: true }).click();
  await expect(page).toHaveURL("/runs?trigger=api&period=24h");
});
