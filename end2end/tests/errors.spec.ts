// Long errors, wherever they are shown.

import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Dashboard, expect, expectAccessible, expectNoHorizontalScroll, ownServer, test } from "../fixtures.ts";

test("an error is one line until somebody wants all of it", async ({ page, open, agents }) => {
  const { id, name } = await agents.create("demo/fail", "Failing");
  await agents.runToEnd(id, "failed");
  const dashboard = new Dashboard(page);
  await open(`/?agent=${id}`);
  const error = page.locator(".run-error__text", { hasText: "The model demo/fail always fails." });
  await expect(error).toBeVisible();
  const more = page.getByRole("button", { name: "Show full error" });
  await expect(more).toHaveAttribute("aria-expanded", "false");
  await more.focus();
  await page.keyboard.press("Enter");
  await expect(more).toHaveAttribute("aria-expanded", "true");
  await expect(more).toBeFocused();
  await page.keyboard.press("Space");
  await expect(more).toHaveAttribute("aria-expanded", "false");

  await dashboard.choose(dashboard.runs(name), "Retry");
  await expect(dashboard.runs(name)).toHaveCount(2);
  await expect(page.getByRole("button", { name: "Show full error" })).toHaveCount(2);
});

const long = ["Traceback:", ..."abcdefghijklmnopqrst".split("").map((c) => `  at ${c.repeat(300)}`), "<b>end</b>"].join("\n");

const withProvider = ownServer.extend<{ provider: HttpServer }>({
  provider: async ({}, use) => {
    const provider = createServer((_, response) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: long, type: "invalid_request_error" } }));
    });
    await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
    await use(provider);
    provider.close();
  },
  settings: async ({ provider }, use) => {
    const { port } = provider.address() as AddressInfo;
    await use({ OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1/`, OPENAI_API_KEY: "sk-test" });
  },
});

withProvider("a very long error of many lines stays one line, and within the page", async ({ page, open, agents }) => {
  const { id } = await agents.create("openai/gpt-5-mini", "Long error");
  await agents.runToEnd(id, "failed");
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await open(`/?agent=${id}`);
    const text = page.locator(".run-error__text");
    await expect(text).toContainText("Traceback:");
    const height = async () => (await text.boundingBox())!.height;
    expect(await height()).toBeLessThan(24);
    await expectNoHorizontalScroll(page);
    await page.getByRole("button", { name: "Show full error" }).click();
    await expect.poll(height).toBeGreaterThan(100);
    expect(await height(), "a long one scrolls in its place").toBeLessThanOrEqual(260);
    await expectNoHorizontalScroll(page);
    await expectAccessible(page);
  }
  await page.getByRole("link", { name: /^Failed: run/ }).click();
  await expect(page.getByRole("main")).toContainText("Traceback:");
  for (const width of [390, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoHorizontalScroll(page);
  }
});
