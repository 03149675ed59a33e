// The steps and the transcript of a run's page.

import { expect, expectAccessible, expectNoHorizontalScroll, hydrated, test } from "../fixtures.ts";

test("a step opens to what it was given and what came of it", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Tools");
  const run = await agents.runToEnd(id, "success");
  for (const width of [390, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await open(`/runs/${run}`);
    const steps = page.locator(".steps > li");
    await expect(steps).toHaveCount(3);
    await steps.nth(0).locator("summary").click();
    await expect(steps.nth(0).getByText("Call of current_time")).toBeVisible();
    await steps.nth(1).locator("summary").click();
    await expect(steps.nth(1).getByText("Arguments")).toBeVisible();
    await expect(steps.nth(1).getByText("Result")).toBeVisible();
    await steps.nth(2).locator("summary").click();
    await expect(steps.nth(2).getByText(/^current_time: /)).toBeVisible();
    await expect(steps.nth(2).getByText("per million tokens, built in")).toBeVisible();
    await expectNoHorizontalScroll(page);
    await expectAccessible(page);
  }
});

test("tool calls stand in the transcript where they were made, with arguments and result", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Tools");
  await open(`/runs/${await agents.runToEnd(id, "success")}`);
  const transcript = page.locator("#transcript");
  const call = transcript.locator(".tool");
  await expect(call).toHaveCount(1);
  await call.locator("summary").click();
  await expect(call.getByText("Arguments")).toBeVisible();
  await expect(call.getByText("Result")).toBeVisible();
  // The answer comes after the call.
  await expect(transcript.locator(".turn").last()).toContainText("Answer");
});

test("a call that was asked for and not made says so", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/tools", "Tools", { max_steps: 1 });
  await open(`/runs/${await agents.runToEnd(id, "failed")}`);
  const call = page.locator("#transcript .tool");
  await expect(call).toContainText(/current_time.*not called/);
  await call.locator("summary").click();
  await expect(call.locator("pre")).toHaveText("{}");
  await expectAccessible(page);
});

test("a call that was repeated says so", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/busy", "Busy");
  const run = await agents.run(id);
  await open(`/runs/${run}`);
  const step = page.locator("#step-1");
  await expect(step.getByText("2 attempts")).toBeVisible();
  await step.locator("summary").click();
  await expect(step.getByText(/429 Too Many Requests/)).toBeVisible();
});

test("what is written grows as Markdown, survives a reload, and a stop keeps it", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/long", "Long");
  const run = await agents.run(id);
  await open(`/runs/${run}`);
  const prose = page.locator("#transcript .prose");
  await expect(prose.getByText("everything that Markdown has")).toHaveCSS("font-weight", /^[567]00$/);
  const open_step = page.locator("#step-1");
  await expect(open_step.getByText("Running")).toBeVisible();

  await page.reload();
  await hydrated(page);
  await expect(prose).toContainText("I am Runboard's built-in demo model");
  await expect(prose.locator("li")).not.toHaveCount(0);

  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("main")).toContainText("Stopped");
  await expect(page.locator("#transcript")).toContainText("I am Runboard's built-in demo model");
  await expect(page.getByText("Stop requested")).toBeVisible();
  await expect(page.getByText("Call cancelled")).toBeVisible();
});

/** Instructions that are longer than what stands in a step. */
const LONG = `${"Count the sheep. ".repeat(1_500)}That is the end.`;

test("a long input shows its beginning, and all of it to whoever asks", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Long", { task_instructions: LONG });
  await open(`/runs/${await agents.runToEnd(id, "success")}`);
  const step = page.locator("#step-1");
  await step.locator("summary").click();
  const given = step.locator("pre").first();
  await expect(given).toContainText("Count the sheep.");
  await expect(given).not.toContainText("That is the end.");
  await expectAccessible(page);
  await step.getByRole("link", { name: "Show all (26 kB)" }).click();
  await expect(given).toContainText("That is the end.");
  await expect(given).toBeFocused();
  await expect(step.getByRole("link")).toHaveCount(0);
  await expectNoHorizontalScroll(page);
  await expectAccessible(page);
});

test("a looping run is stopped and says why", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/loop", "Loop");
  const run = await agents.run(id);
  await open(`/runs/${run}`);
  await expect(page.getByRole("main")).toContainText("Stuck in a loop");
  await expect(page.locator(".steps .tool--failed")).toHaveCount(1);
  await open(`/agents/${id}`);
  await expect(page.getByRole("row").filter({ hasText: `#${run}` })).toContainText("Stuck in a loop");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a link leads to all of a long input", async ({ page, agents }) => {
    const { id } = await agents.create("demo/quick", "Long", { task_instructions: LONG });
    await page.goto(`/runs/${await agents.runToEnd(id, "success")}`);
    await page.locator("#step-1 summary").click();
    await page.locator("#step-1").getByRole("link", { name: "Show all (26 kB)" }).click();
    await expect(page.locator("body")).toContainText("That is the end.");
  });

  test("the answer so far can be read, and every step opened", async ({ page, agents }) => {
    const { id } = await agents.create("demo/long", "Plain");
    const run = await agents.run(id);
    await expect(async () => {
      await page.goto(`/runs/${run}`);
      // Without script, what is on the page does not change.
      expect((await page.locator("#transcript .prose p").allInnerTexts()).join()).toContain("I am Runboard's");
    }).toPass();
    await page.locator("#step-1 summary").click();
    await expect(page.locator("#step-1").getByText("Added to the prompt")).toBeVisible();
    await agents.stop(run);
  });
});
