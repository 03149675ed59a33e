// Starting a run with an input, variables and other values.

import type { Locator, Page } from "@playwright/test";
import { Dashboard, expect, expectAccessible, expectNoHorizontalScroll, status, test, type Agents } from "../fixtures.ts";

const TASK = "Triage this ticket of {{customer}}: {{input}}\nConsider what came in since {{since}}.";

/** An agent whose instructions have an input and two variables, with a run that was given them. */
async function support(page: Page, agents: Agents): Promise<{ id: number; name: string; run: number }> {
  const agent = await agents.create("demo/quick", "Support triage", { task_instructions: TASK });
  const data = {
    input: "Deliveries arrive late since this morning.\nRetries included.",
    variables: { customer: "Account 20117", since: "yesterday" },
    tags: ["webhooks", "p2", "eu"],
    metadata: { ticket: 48213 },
  };
  const response = await page.request.post(`/api/agents/${agent.id}/task`, { data });
  const run = (await response.json()).run_id;
  await expect.poll(() => agents.runStatus(run)).toBe("success");
  return { ...agent, run };
}

const dialog = (page: Page): Locator => page.getByRole("dialog");

async function read(page: Page, run: string): Promise<Record<string, unknown>> {
  return (await page.request.get(`/api/runs/${run}`)).json();
}

test("a run is started with an input and variables, by keyboard alone", async ({ page, open, agents }) => {
  const { id, name } = await support(page, agents);
  await open(`/agents/${id}`);
  const button = page.getByRole("button", { name: `Run with…: ${name}` });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toHaveAccessibleName(`Run ${name} with…`);
  await expect(dialog(page).getByRole("textbox", { name: /^Input/ })).toBeFocused();
  await page.keyboard.type("The invoice is wrong.");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Ada");
  await page.keyboard.press("Tab");
  await page.keyboard.type("noon");
  await page.keyboard.press("Tab");
  await page.keyboard.type("billing,");
  await page.keyboard.type("p3");
  await expect(dialog(page).getByRole("button", { name: "Remove billing" })).toBeVisible();
  await expect(dialog(page)).toContainText("Triage this ticket of Ada: The invoice is wrong.");
  await page.keyboard.press("Control+Enter");
  await expect(dialog(page)).toBeHidden();
  await expect(button).toBeFocused();

  const row = new Dashboard(page).runs(name).first();
  await expect(status(row, "Success")).toBeVisible();
  await expect(row).toContainText("The invoice is wrong.");
  const run = (await row.getAttribute("data-run")) ?? "";
  expect(await read(page, run)).toMatchObject({
    input: "The invoice is wrong.",
    variables: { customer: "Ada", since: "noon" },
    tags: ["billing", "p3"],
    trigger: "manual",
  });
});

test("Escape closes it and nothing is started", async ({ page, open, agents }) => {
  const { id, name } = await support(page, agents);
  await open(`/agents/${id}`);
  const button = page.getByRole("button", { name: `Run with…: ${name}` });
  await button.click();
  await dialog(page).getByRole("textbox", { name: /^Input/ }).fill("Never mind");
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toBeHidden();
  await expect(button).toBeFocused();
  expect(await agents.runCount(id)).toBe(1);
  await button.click();
  await expect(dialog(page).getByRole("textbox", { name: /^Input/ }), "it begins anew").toHaveValue("");
});

test.describe("when its code does not come", () => {
  test.use({ tolerated: /Failed to (load resource|fetch)/ });

  test("that is said, and it is asked for again", async ({ page, open, agents }) => {
    const { id, name } = await support(page, agents);
    await open(`/agents/${id}`);
    await page.route("**/pkg/**/split_lazy*.wasm", (route) => route.abort());
    const button = page.getByRole("button", { name: `Run with…: ${name}` });
    await button.click();
    await expect(page.getByRole("alert").filter({ hasText: "Could not prepare the run" })).toContainText("Reload the page");
    await expect(dialog(page)).toBeHidden();
    await page.unroute("**/pkg/**/split_lazy*.wasm");
    await button.click();
    await expect(dialog(page)).toHaveAccessibleName(`Run ${name} with…`);
  });
});

test("a last input is picked, and found by a search", async ({ page, open, agents }) => {
  const { id, name } = await support(page, agents);
  await open(`/agents/${id}`);
  await page.getByRole("button", { name: `Run with…: ${name}` }).click();
  const pick = dialog(page).getByRole("button", { name: /^Deliveries arrive late/ });
  await pick.click();
  await expect(dialog(page).getByRole("textbox", { name: /^Input/ })).toHaveValue("Deliveries arrive late since this morning.\nRetries included.");
  await expect(dialog(page).getByLabel("customer")).toHaveValue("Account 20117");
  await expect(pick).toHaveAttribute("aria-pressed", "true");
  await expect(pick).toBeFocused();
  const search = dialog(page).getByRole("searchbox");
  await search.fill("nobody wrote this");
  await expect(dialog(page)).toContainText("None contains that.");
  await search.fill("RETRIES");
  await expect(pick).toBeVisible();
});

test.describe("where values are missing", () => {
  // The browser itself reports responses that are not a success.
  test.use({ tolerated: /status of 422/ });

  test("Run now leads to the fields", async ({ page, open, agents }) => {
    const { id, name } = await support(page, agents);
    await open("/");
    await new Dashboard(page).runNow(name).click();
    await expect(page).toHaveURL(new RegExp(`/agents/${id}$`));
    await expect(dialog(page)).toHaveAccessibleName(`Run ${name} with…`);
    expect(await agents.runCount(id)).toBe(1);
  });
});

test("a mistake is said at its field, and the dialog stays", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Mistaken");
  await open(`/agents/${id}`);
  await page.getByRole("button", { name: `Run with…: ${name}` }).click();
  await dialog(page).getByText("Start later, budget, priority, metadata").click();
  await dialog(page).getByLabel("At most").fill("much");
  await dialog(page).getByRole("button", { name: "Run", exact: true }).click();
  await expect(dialog(page).getByText("Enter dollars such as 0.50.", { exact: true })).toBeVisible();
  await dialog(page).getByLabel("At most").fill("0.5");
  await dialog(page).getByLabel("Metadata").fill("ticket: 7\nvip: true");
  await dialog(page).getByLabel("Priority").selectOption("High");
  await dialog(page).getByRole("button", { name: "Run", exact: true }).click();
  await expect(dialog(page)).toBeHidden();
  const run = new Dashboard(page).runs(name).first();
  await expect(status(run, "Success")).toBeVisible();
  const kept = await read(page, (await run.getAttribute("data-run")) ?? "");
  expect(kept).toMatchObject({ run_budget_usd: 0.5, metadata: { ticket: 7, vip: true }, input: null, priority: "high" });
  await expect(run).toContainText("High");
});

test("a run that is put off says when it starts", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/quick", "Later");
  const not_before = new Date(Date.now() + 10 * 60_000 + 30_000).toISOString();
  await page.request.post(`/api/agents/${id}/task`, { data: { not_before } });
  await open(`/agents/${id}`);
  await expect(new Dashboard(page).runs(name)).toContainText(/in ([89]|10) min/);
});

test("a retry with changes says what differs", async ({ page, open, agents }) => {
  const { run } = await support(page, agents);
  await open(`/runs/${run}`);
  await expect(page.getByRole("region", { name: "Input" })).toContainText("Retries included.");
  await expect(page.getByRole("main")).toContainText("48213");
  await page.getByRole("button", { name: "Retry with changes…" }).click();
  await expect(dialog(page)).toHaveAccessibleName(`Retry #${run} with changes`);
  await expect(dialog(page).getByLabel("customer")).toHaveValue("Account 20117");
  await expect(dialog(page).getByRole("button", { name: "Run again" })).toBeVisible();
  await dialog(page).getByLabel("since").fill("two days ago");
  await dialog(page).getByRole("button", { name: "Remove eu" }).click();
  await dialog(page).getByRole("button", { name: "Run with 2 changes" }).click();
  await expect(page).not.toHaveURL(new RegExp(`/runs/${run}$`));
  await expect(page).toHaveURL(/\/runs\/\d+$/);
  const given = page.getByRole("region", { name: "Input" });
  await expect(given).toContainText("Changed for this retry");
  await expect(given).toContainText(/yesterday.*two days ago/);
});

for (const width of [390, 1440]) {
  test(`the dialog fits ${width} px`, async ({ page, open, agents }) => {
    await page.setViewportSize({ width, height: 900 });
    const { id, name } = await support(page, agents);
    await open(`/agents/${id}`);
    await page.getByRole("button", { name: `Run with…: ${name}` }).click();
    await expect(dialog(page).getByRole("textbox", { name: /^Input/ })).toBeVisible();
    await expectNoHorizontalScroll(page);
    await expect(dialog(page).getByRole("button", { name: "Run", exact: true })).toBeInViewport();
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the dialog is accessible, ${colorScheme}`, async ({ page, open, agents }) => {
    await page.emulateMedia({ colorScheme });
    const { id, name } = await support(page, agents);
    await open(`/agents/${id}`);
    await page.getByRole("button", { name: `Run with…: ${name}` }).click();
    await dialog(page).getByRole("button", { name: /^Deliveries arrive late/ }).click();
    await dialog(page).getByText("Start later, budget, priority, metadata").click();
    await expectAccessible(page);
  });
}
