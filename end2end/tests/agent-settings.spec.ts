// The settings form of an agent: saving, discarding, errors, conflicts.

import type { Locator, Page } from "@playwright/test";
import { Agents, Dashboard, expect, expectAccessible, hydrated, test } from "../fixtures.ts";

/** A field of the form; buttons outside may be named after an agent that is called like one. */
const field = (page: Page, label: string | RegExp): Locator => page.locator("form").getByLabel(label);

const settings = (id: number) => `/agents/${id}/settings`;

test("every field is kept", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "All of it");
  await open("/");
  await new Dashboard(page).chooseFor(name, "Edit");
  await expect(page).toHaveURL(new RegExp(`/agents/${id}/settings$`));
  await hydrated(page);
  const save = page.getByRole("button", { name: "Save changes" });
  await expect(save, "nothing to save yet").toBeHidden();
  const typed: [label: string, value: string][] = [
    ["Name", Agents.name("Renamed")],
    ["Description", "New words"],
    ["Model", "demo/slow"],
    ["System instructions", "Be brief."],
    ["Task instructions", "Count to ten."],
    ["Cron expression", "30 4 1 1 *"],
    ["Time zone", "Europe/Berlin"],
    ["Time limit", "77"],
    ["Max concurrent runs", "3"],
    ["Max steps per run", "12"],
    ["Max cost per run", "0.25"],
    ["Max tokens per run", "5000"],
    ["Max cost per month", "250.00"],
    ["Max tokens per month", "2000000"],
  ];
  for (const [label, value] of typed) await field(page, label).fill(value);
  await field(page, "If a run is still active").selectOption("skip");
  await field(page, /^Catch up on missed times/).check();
  await page.getByRole("switch", { name: /^Paused/ }).check();
  await page.getByRole("checkbox", { name: /^http_request/ }).check();
  await page.getByRole("checkbox", { name: /^current_time/ }).uncheck();
  await expect(page.getByText("Unsaved changes")).toBeVisible();
  await expectAccessible(page);
  await save.click();
  await expect(page.getByText("Changes saved")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: typed[0]![1] })).toBeVisible();

  await page.reload();
  for (const [label, value] of typed) await expect(field(page, label)).toHaveValue(value);
  await expect(field(page, "If a run is still active")).toHaveValue("skip");
  await expect(field(page, /^Catch up on missed times/)).toBeChecked();
  await expect(page.getByRole("switch", { name: /^Paused/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^http_request/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^current_time/ })).not.toBeChecked();
  expect(await agents.show(id)).toMatchObject({
    timeout_s: 77,
    max_steps: 12,
    tools: ["http_request"],
    run_budget_usd: 0.25,
    run_budget_tokens: 5000,
    month_budget_usd: 250,
    month_budget_tokens: 2_000_000,
    overlap: "skip",
    catch_up: true,
    paused: true,
  });

  await field(page, "Max cost per run").fill("");
  await save.click();
  await expect(page.getByText("Changes saved")).toBeVisible();
  expect(await agents.show(id)).toMatchObject({ run_budget_usd: null, run_budget_tokens: 5000 });
});

test("a second save goes on from the first", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Twice");
  await open(settings(id));
  for (const words of ["Once", "Twice"]) {
    await field(page, "Description").fill(words);
    await page.keyboard.press("Enter");
    await expect(page.getByText("Changes saved")).toBeVisible();
    await expect.poll(async () => (await agents.show(id)).description).toBe(words);
  }
});

test("what was discarded is as it was", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Discarded");
  await open(settings(id));
  await field(page, "Name").fill("Something else");
  await page.getByRole("checkbox", { name: /^http_request/ }).check();
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await expect(field(page, "Name")).toHaveValue(name);
  await expect(page.getByRole("checkbox", { name: /^http_request/ })).not.toBeChecked();
  await expect(page.getByText("Changes discarded")).toBeVisible();
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page).toHaveURL(new RegExp(`/agents/${id}$`));
});

test("errors are listed, and lead to their fields", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Erring");
  await open(settings(id));
  await field(page, "Time limit").fill("0");
  await field(page, "Max cost per month").fill("much");
  await page.getByRole("button", { name: "Save changes" }).click();
  const summary = page.getByRole("alert");
  await expect(summary).toBeFocused();
  await expect(summary).toContainText("2 fields need attention.");
  await summary.getByRole("link", { name: "Max cost per month" }).click();
  await expect(field(page, "Max cost per month")).toBeFocused();
  await expect(field(page, "Max cost per month")).toHaveAccessibleDescription(/Enter dollars such as 2\.50/);
});

test("a form that nobody has touched follows what others change", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Followed");
  await open(settings(id));
  await agents.replace(id, { name, model: "demo/quick", description: "Set elsewhere", timeout_s: 99 });
  await expect(field(page, "Description")).toHaveValue("Set elsewhere");
  await expect(field(page, "Time limit")).toHaveValue("99");
  await expect(page.getByText("Unsaved changes")).toBeHidden();
});

test.describe("two at once", () => {
  // The browser itself reports responses that are not a success.
  test.use({ tolerated: /status of 409/ });

  test("nothing is overwritten, and what was typed is kept until its author decides", async ({ page, context, open, agents }) => {
    const { id, name } = await agents.create("demo/quick", "Both");
    await open(settings(id));
    await field(page, "Description").fill("Mine");
    await field(page, "Max steps per run").fill("9");

    const other = await context.newPage();
    await other.goto(settings(id));
    await hydrated(other);
    await field(other, "Description").fill("Theirs");
    await field(other, "Time limit").fill("88");
    await other.getByRole("button", { name: "Save changes" }).click();
    await expect(other.getByText("Changes saved")).toBeVisible();

    await expect(page.getByRole("button", { name: "Changed by someone else" })).toBeVisible();
    await page.getByRole("button", { name: "Save changes" }).click();
    const notice = page.getByRole("alert");
    await expect(notice).toBeFocused();
    await expect(notice).toContainText("Someone changed this agent while you were editing.");
    await expect(notice).toContainText("You changed it too");
    await expect(notice).toContainText("Theirs");
    await expectAccessible(page);
    await expect(field(page, "Description")).toHaveValue("Mine");
    expect(await agents.show(id)).toMatchObject({ name, description: "Theirs", max_steps: 25 });

    await notice.getByRole("button", { name: "Keep my changes" }).click();
    await expect(notice).toBeHidden();
    await expect(field(page, "Description")).toHaveValue("Mine");
    await expect(field(page, "Time limit")).toHaveValue("88");
    await page.getByRole("button", { name: "Save changes" }).click();
    await expect(page.getByText("Changes saved")).toBeVisible();
    expect(await agents.show(id)).toMatchObject({ description: "Mine", max_steps: 9, timeout_s: 88 });
  });

  test("theirs can be taken instead", async ({ page, open, agents }) => {
    const { id, name } = await agents.create("demo/quick", "Yielding");
    await open(settings(id));
    await field(page, "Description").fill("Mine");
    await agents.replace(id, { name, model: "demo/quick", description: "Theirs" });
    await page.getByRole("button", { name: "Changed by someone else" }).click();
    await page.getByRole("button", { name: "Discard mine, show theirs" }).click();
    await expect(field(page, "Description")).toHaveValue("Theirs");
    await expect(page.getByRole("alert")).toBeHidden();
    await expect(page.getByText("Unsaved changes")).toBeHidden();
  });
});

test("leaving with unsaved changes asks first", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Unsaved");
  await open(settings(id));
  await field(page, "Description").pressSequentially("Half a thought");
  await page.getByRole("link", { name: "Overview" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave without saving?" });
  await expect(dialog).toContainText("You have changed Description.");
  await expect(dialog.getByRole("button", { name: "Stay" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(field(page, "Description")).toHaveValue("Half a thought");

  // The browser's own question, for what is no link of ours.
  const asked = page.waitForEvent("dialog");
  const reloaded = page.reload().catch(() => null);
  const question = await asked;
  expect(question.type()).toBe("beforeunload");
  await question.accept();
  await reloaded;
  await hydrated(page);

  await field(page, "Description").pressSequentially("Another");
  await page.getByRole("link", { name: "Runboard" }).click();
  await dialog.getByRole("button", { name: "Discard and leave" }).click();
  await expect(page).toHaveURL(/\/$/);
  expect((await agents.show(id)).description).toBe("");
});

test("a tool that is there no more stays picked until it is unticked", async ({ page, open, agents }) => {
  const tools = ["current_time", "mcp:files", "mcp:old/fetch"];
  const { id } = await agents.create("demo/quick", "Tools", { tools });
  await open(settings(id));
  const old = page.getByRole("listitem").filter({ hasText: "old/fetch" });
  await expect(old).toContainText("No server is called old any more.");
  await expect(old.getByRole("checkbox")).toBeChecked();
  await field(page, "Description").fill("Touched");
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Changes saved")).toBeVisible();
  expect(await agents.show(id)).toMatchObject({ tools });
  await old.getByRole("checkbox").uncheck();
  await expect(old.getByRole("checkbox"), "it can be ticked again").toBeVisible();
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect.poll(async () => (await agents.show(id)).tools).toEqual(["current_time", "mcp:files"]);
});

test("an agent deleted elsewhere leaves what was typed", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Gone");
  await open(settings(id));
  await field(page, "Task instructions").fill("Hours of work");
  await agents.delete(id);
  await expect(page.getByRole("alert")).toContainText(`There is no agent #${id} any more.`);
  await expect(field(page, "Task instructions")).toHaveValue("Hours of work");
});

test("the danger zone deletes the agent, though there are unsaved changes", async ({ page, open, agents }) => {
  const { id } = await agents.create("demo/quick", "Endangered");
  await open(settings(id));
  await field(page, "Description").pressSequentially("Pointless");
  await page.getByRole("button", { name: "Delete agent…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete agent" }).click();
  await expect(page).toHaveURL(/\/$/);
  expect((await agents.all()).map((agent) => agent.id)).not.toContain(id);
});

test("agents of one group share a limit that is set beside its name", async ({ page, open, agents, request }) => {
  const group = Agents.name("gpu");
  const first = await agents.create("demo/quick", "First", { concurrency_group: group });
  const { id, name } = await agents.create("demo/stall", "Second", { max_concurrent_runs: 9 });
  await open(settings(id));
  const named = field(page, /^Concurrency group/);
  await expect(page.locator(`datalist option[value="${group}"]`)).toBeAttached();
  await named.fill(group);
  const limit = page.getByLabel(`Limit of the group ${group}`);
  const said = page.getByRole("status").filter({ hasText: "for all agents of the group" });
  await expect(said).toContainText("No limit yet, 1 agent.");
  await limit.fill("0");
  await limit.press("Enter");
  await expect(page.getByText("Enter 1 to 1000, or nothing for no limit.")).toBeVisible();
  await limit.fill("1");
  await page.getByRole("button", { name: "Set limit" }).click();
  await expect(said).toContainText("At most 1 at once, 1 agent, 0 running.");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByText("Changes saved")).toBeVisible();
  expect(await agents.show(id)).toMatchObject({ concurrency_group: group });

  const running = await agents.run(id);
  await expect.poll(() => agents.runStatus(running)).toBe("running");
  const waiting = await agents.run(first.id);
  await open(`/agents/${first.id}`);
  await expect(new Dashboard(page).runs(first.name)).toContainText(`For a free worker or a place in the group ${group}`);
  expect((await request.delete(`/api/groups/${encodeURIComponent(group)}`)).status()).toBe(204);
  await expect.poll(() => agents.runStatus(waiting)).toBe("success");
  await agents.stop(running);
  await expect.poll(() => agents.runStatus(running), name).toBe("cancelled");
});
