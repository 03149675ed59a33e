// The page of webhooks: creating, receiving, changing, deleting.

import { createHmac } from "node:crypto";
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, test } from "../fixtures.ts";

const SECRET = "It's a Secret to Everybody";

/** The rows of the list of deliveries, newest first. */
const deliveries = (page: Page): Locator =>
  page.getByRole("table", { name: "Last deliveries, newest first" }).locator("tbody").getByRole("row");

/** Delivers a push as GitHub does. */
async function push(url: string, id: string, ref = "refs/heads/main"): Promise<Response> {
  const body = JSON.stringify({ ref, head_commit: { message: "Mend the carry of the mill" } });
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  const headers = { "X-GitHub-Event": "push", "X-GitHub-Delivery": id, "X-Hub-Signature-256": `sha256=${signature}` };
  return fetch(url, { method: "POST", headers, body });
}

// Settings that are refused.
test.use({ tolerated: /status of 422/ });

test("a webhook is made, receives, is changed, gets another address and goes", async ({ page, agents, open }) => {
  const { id } = await agents.create("demo/quick", "Hooked");
  await open(`/agents/${id}`);
  await page.getByRole("link", { name: "Hooks", exact: true }).click();
  await expect(page).toHaveURL(`/agents/${id}/hooks`);
  await expect(page.getByText("There are none yet.")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "New webhook…" }).click();
  const form = page.getByRole("dialog", { name: "New webhook" });
  await form.getByLabel("Name").fill("Pushes");
  await form.getByLabel("Verification").selectOption("GitHub");
  await form.getByLabel("Only run if").fill("/ref = main");
  await expectAccessible(page);
  await form.getByRole("button", { name: "Save webhook" }).click();
  await expect(form.getByLabel("Only run if")).toHaveAccessibleDescription(/“\/ref = main” is no condition/);
  await expect(form.getByLabel("Only run if")).toBeFocused();
  await form.getByLabel("Only run if").fill("/ref is refs/heads/main");
  await form.getByLabel("Input").fill("/head_commit/message");
  await form.getByRole("button", { name: "Save webhook" }).click();
  await expect(form.getByLabel("Secret")).toHaveAccessibleDescription(/^is needed/);
  await expect(form.getByLabel("Secret")).toBeFocused();
  await expectAccessible(page);
  await form.getByLabel("Secret").fill(SECRET);
  await form.getByRole("button", { name: "Save webhook" }).click();
  await expect(form).toBeHidden();

  const address = page.getByRole("status", { name: "Address, with its token" });
  await expect(page.getByText("Webhook “Pushes” is ready.")).toBeVisible();
  const url = (await address.textContent()) ?? "";
  expect(url).toMatch(/^http:\/\/.+\/hooks\/[\w-]{43}$/);
  await expect(page.getByText("X-Hub-Signature-256: sha256=$signature")).toBeVisible();
  await expectAccessible(page);

  // A delivery starts a run, and the list shows it by itself. The same again starts none.
  const first = await push(url, "one");
  expect(first.status).toBe(202);
  const { run_id: run } = await first.json();
  await expect(deliveries(page).first()).toContainText(`Run #${run}`);
  expect((await push(url, "one")).headers.get("idempotency-replayed")).toBe("true");
  expect((await push(url, "two", "refs/heads/dev")).status).toBe(200);
  expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(401);
  // A delivery that starts no run shows up by itself too.
  await expect(deliveries(page)).toHaveCount(3);
  await page.reload();
  await expect(page.getByText("is ready")).toBeHidden();
  await expect(deliveries(page)).toHaveCount(3);
  await expect(deliveries(page).nth(0)).toContainText("Refused");
  await expect(deliveries(page).nth(1)).toContainText("/ref is “refs/heads/dev”");
  await expect(deliveries(page).nth(2)).toContainText("delivered once more");
  await expectAccessible(page);

  // It takes other branches now; a replay goes by that.
  await page.getByRole("button", { name: "Edit… Pushes" }).click();
  const edit = page.getByRole("dialog", { name: "Webhook Pushes" });
  await expect(edit.getByLabel("Only run if")).toHaveValue("/ref is refs/heads/main");
  await expect(edit.getByLabel("Secret")).toHaveValue("");
  // A mistake in what is folded away unfolds it, and what is typed there does not fold it again.
  await edit.getByText("Tags, metadata, limit").click();
  await edit.getByLabel("At most").fill("0");
  await edit.getByText("Tags, metadata, limit").click();
  await expect(edit.getByLabel("At most")).toBeHidden();
  await edit.getByRole("button", { name: "Save webhook" }).click();
  await expect(edit.getByLabel("At most")).toBeFocused();
  await edit.getByLabel("At most").pressSequentially("6");
  await expect(edit.getByLabel("At most")).toBeFocused();
  await edit.getByLabel("At most").fill("60");
  const tryIt = edit.getByRole("button", { name: "Try it on the last delivery" });
  await tryIt.click();
  await expect(edit.getByRole("status")).toContainText("would be filtered");
  await expect(edit.getByRole("status")).toContainText("/ref is “refs/heads/dev”");
  await edit.getByLabel("Only run if").fill("");
  await expect(edit.getByRole("status")).toBeEmpty();
  await tryIt.click();
  await expect(edit.getByRole("status")).toContainText("would run");
  await expect(edit.getByRole("status")).toContainText("input is “Mend the carry of the mill”");
  await expectAccessible(page);
  await edit.getByRole("button", { name: "Save webhook" }).click();
  await expect(edit).toBeHidden();
  await deliveries(page).nth(1).getByRole("button", { name: /^Replay/ }).click();
  await expect(deliveries(page)).toHaveCount(4);
  await expect(deliveries(page).first()).toContainText("Replay of delivery");

  await page.getByLabel("Result").selectOption("Refused");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/outcome=refused/);
  await expect(deliveries(page)).toHaveCount(1);
  await page.goto(`/agents/${id}/hooks`);

  await page.getByRole("button", { name: "Disable Pushes" }).click();
  await expect(page.getByText("Off", { exact: true })).toBeVisible();
  expect((await push(url, "three")).status).toBe(404);
  await page.getByRole("button", { name: "Enable Pushes" }).click();
  await expect(page.getByText("Receiving", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "More actions for Pushes" }).click();
  await page.getByRole("menuitem", { name: "New address…" }).click();
  await page.getByRole("dialog", { name: "New address for Pushes?" }).getByRole("button", { name: "Make a new address" }).click();
  await expect(address).not.toHaveText(url);
  const other = (await address.textContent()) ?? "";
  expect((await push(url, "four")).status).toBe(404);
  expect((await push(other, "four")).status).toBe(202);

  await page.getByRole("button", { name: "More actions for Pushes" }).click();
  await page.getByRole("menuitem", { name: "Delete…" }).click();
  const question = page.getByRole("dialog", { name: "Delete Pushes?" });
  await expect(question.getByRole("button", { name: "Cancel" })).toBeFocused();
  await question.getByRole("button", { name: "Delete webhook" }).click();
  await expect(page.getByText("There are none yet.")).toBeVisible();
  expect((await push(other, "five")).status).toBe(404);
  // Its runs stay, and say where they came from.
  await open(`/runs/${run}`);
  await expect(page.getByText("via hook Pushes").first()).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("webhooks and what arrived can be read", async ({ page, agents, request }) => {
    const { id } = await agents.create("demo/quick", "Hooked");
    for (const name of ["Alerts", "Pushes"]) {
      const made = await request.post(`/api/agents/${id}/hooks`, { data: { name, verification: "none" } });
      const { path } = await made.json();
      expect((await request.post(path, { data: { name }, headers: { "Idempotency-Key": name } })).status()).toBe(202);
    }
    await page.goto(`/agents/${id}/hooks`);
    await expect(page.getByRole("button", { name: "New webhook…" })).toBeHidden();
    await expect(page.getByText("No verification, at most 60 a minute").first()).toBeVisible();
    await expect(deliveries(page)).toHaveCount(1);
    await expect(deliveries(page).first()).toContainText("Pushes");
    await page.getByLabel("Webhook", { exact: true }).selectOption("Alerts");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await expect(page).toHaveURL(/hooks\?hook=\d+&outcome=$/);
    await expect(deliveries(page).first()).toContainText("Alerts");
  });
});

test("its page opens what every page of an agent does: a run with input, and the deletion", async ({ page, agents, open }) => {
  const { id, name } = await agents.create("demo/quick", "Hooked too");
  await open(`/agents/${id}/hooks`);
  await page.getByRole("button", { name: `Run with…: ${name}` }).click();
  const start = page.getByRole("dialog", { name: `Run ${name} with…` });
  await expect(start.getByRole("textbox", { name: /^Input/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(start).toBeHidden();
  await page.getByRole("button", { name: `More actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: "Delete agent…" }).click();
  await expect(page.getByRole("dialog", { name: `Delete ${name}?` }).getByRole("button", { name: "Delete agent" })).toBeVisible();
});
