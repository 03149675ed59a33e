// The dashboard with more agents than one page shows.

import type { Page } from "@playwright/test";
import { Dashboard, expect, expectAccessible, expectNoHorizontalScroll, hydrated, ownServer as test } from "../fixtures.ts";

/** More than a dashboard shows at once. */
const MANY = 250;
const field = "Search agents";

interface Made {
  id: number;
  name: string;
}

/** Makes that many agents on a server of its own, after the examples that are there; each is called as its number. */
async function many(url: string): Promise<Made[]> {
  const made: Made[] = [];
  const create = async (n: number) => {
    const name = `Number ${String(n).padStart(3, "0")}`;
    const response = await fetch(`${url}/api/agents`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, model: "demo/quick", description: `The one with ${n}` }),
    });
    expect(response.status).toBe(201);
    made.push({ id: (await response.json()).id, name });
  };
  for (let from = 1; from <= MANY; from += 25) {
    await Promise.all(Array.from({ length: 25 }, (_, n) => create(from + n)));
  }
  return made.sort((a, b) => a.id - b.id);
}

async function total(url: string): Promise<number> {
  return (await (await fetch(`${url}/api/agents`)).json()).length;
}

const foot = (page: Page) => page.getByRole("navigation", { name: "Pages of agents" });
const names = (page: Page) => new Dashboard(page).table.getByRole("rowheader");

/** Gives an agent a model that fails, and runs it. */
async function fail(url: string, { id, name }: Made): Promise<void> {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ name, model: "demo/fail" });
  expect((await fetch(`${url}/api/agents/${id}`, { method: "PUT", headers, body })).status).toBe(200);
  const started = await fetch(`${url}/api/agents/${id}/task`, { method: "POST", headers, body: "{}" });
  const { run_id } = await started.json();
  await expect.poll(async () => (await (await fetch(`${url}/api/runs/${run_id}`)).json()).status).toBe("failed");
}

test("many agents come in pages that follow the address, and what is not shown stays away", async ({ page, own }) => {
  const made = await many(own.url);
  const all = await total(own.url);
  const sent: string[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => sent.push(String(payload))));
  await page.goto("/");
  await hydrated(page);
  await expect(names(page)).toHaveCount(50);
  await expect(foot(page)).toContainText(`Showing 1–50 of ${all}`);
  await expect(foot(page).getByRole("link", { name: "Previous" })).toHaveAttribute("aria-disabled", "true");
  await expectAccessible(page);

  await foot(page).getByRole("link", { name: "Next" }).click();
  await expect(foot(page)).toContainText(`Showing 51–100 of ${all}`);
  await expect(page).toHaveURL(/\?after=\d+\.1$/);
  await expect(foot(page).getByRole("link", { name: "Next" })).toBeFocused();
  const second = await names(page).allTextContents();
  await page.reload();
  await hydrated(page);
  await expect(names(page)).toHaveText(second);
  await page.goBack();
  await hydrated(page);
  await expect(foot(page)).toContainText(`Showing 1–50 of ${all}`);

  // The part and the search are asked of the server, and one begins at the first.
  const last = made.find(({ name }) => name === "Number 250")!;
  await page.getByRole("searchbox", { name: field }).pressSequentially(last.name);
  await expect(names(page)).toHaveCount(1);
  await expect(page).toHaveURL(/\?q=Number%20250$/);
  await expect(page.getByRole("searchbox", { name: field })).toBeFocused();
  const dashboard = new Dashboard(page);
  await dashboard.openHistory(last.name);
  await expect(page.getByText("No runs yet.")).toBeVisible();

  // A link to an agent of another page opens it.
  await page.goto(`/?agent=${last.id}`);
  await hydrated(page);
  await expect(dashboard.caret(last.name)).toHaveAttribute("aria-expanded", "true");
  await expect(names(page)).toHaveCount(51);

  // Of 250 agents only those that are shown are heard of.
  const snapshots = sent.map((text) => JSON.parse(text)).filter(({ type }) => type === "agents_state");
  expect(snapshots.length).toBeGreaterThan(0);
  for (const { data } of snapshots) expect(data.length).toBeLessThanOrEqual(51);
});

test("who begins to need attention comes to the top, new agents are counted, deleted ones go", async ({ page, own }) => {
  const made = await many(own.url);
  const all = await total(own.url);
  await page.goto("/");
  await hydrated(page);
  const parts = page.getByRole("navigation", { name: "Agents by status" });
  await fail(own.url, made[200]!);
  await expect(parts.getByRole("link", { name: /Needs attention/ })).toContainText("1");
  await expect(names(page).first()).toContainText(made[200]!.name);
  await fetch(`${own.url}/api/agents`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "A new one", model: "demo/quick" }),
  });
  await expect(parts.getByRole("link", { name: /^All/ })).toContainText(String(all + 1));
  await expect(foot(page)).toContainText(`of ${all + 1}`);
  const shown = made[0]!;
  await fetch(`${own.url}/api/agents/${shown.id}`, { method: "DELETE" });
  await expect(new Dashboard(page).row(shown.name)).toHaveCount(0);
  await expect(names(page)).toHaveCount(50);
  await parts.getByRole("link", { name: /Needs attention/ }).click();
  await expect(names(page)).toHaveCount(1);
  await expect(page).toHaveURL(/\?status=attention$/);
});

for (const width of [390, 1440]) {
  test(`pages fit a window of ${width} pixels`, async ({ page, own }) => {
    await many(own.url);
    await page.setViewportSize({ width, height: 900 });
    await page.goto("/?sort=name");
    await hydrated(page);
    await expect(foot(page)).toContainText("Showing 1–50");
    await expectNoHorizontalScroll(page);
    await expectAccessible(page);
  });
}

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("pages are links, and the search is a form", async ({ page, own }) => {
    await many(own.url);
    const all = await total(own.url);
    await page.goto("/");
    await foot(page).getByRole("link", { name: "Next" }).click();
    await expect(foot(page)).toContainText(`Showing 51–100 of ${all}`);
    await foot(page).getByRole("link", { name: "Previous" }).click();
    await expect(page).toHaveURL(/\/$/);
    await page.getByRole("searchbox", { name: field }).fill("number 024");
    await page.keyboard.press("Enter");
    await expect(names(page)).toHaveCount(1);
  });
});
