// Text of models: directions of writing, Markdown, formulas, injected markup.

import { Chat, Chats } from "../chat.ts";
import { expect, expectNoHorizontalScroll, hydrated, test as base } from "../fixtures.ts";
import { FixedModel } from "../model.ts";
import { Server } from "../server.ts";

const LONG = "x".repeat(5_000);

/** Text as models write it: two directions, tasks, formulas, money, and words too long for any line. */
const ANSWER = `مرحبا، السعر هو 5 (خمسة) دولارات!

- عنصر أول (1)
- عنصر ثان

Then English, with \\( x = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a} \\) for $5 and $6.

\\[ \\sum_{i=1}^n a_i * b_i < ${"c + ".repeat(60)}d \\]

- [ ] open
- [x] done

| Name | Price |
|:--|--:|
| a | 1 |

> שלום עולם, 3 פריטים.

${LONG} \`${LONG}\` https://example.com/${LONG}

\`\`\`
${LONG}
\`\`\`

|${"col|".repeat(60)}
|${"--|".repeat(60)}
|${"value|".repeat(60)}
`;

/** A server whose `openai/fixed` writes that. */
const test = base.extend<{}, { model: FixedModel }>({
  model: [
    async ({}, use) => {
      const model = await FixedModel.start(ANSWER);
      await use(model);
      await model.close();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ model }, use) => {
      const server = await Server.start(model.settings);
      await use(server);
      await server.close();
    },
    { scope: "worker" },
  ],
});

test("what is written reads in its own direction", async ({ page, agents, request, open }) => {
  const { id } = await agents.create("openai/fixed", "وكيل", { description: "وصف (1)" });
  const chats = new Chats(request);
  const thread = await chats.create(id, "ما هو السعر؟ (بالدولار)");
  await chats.say(thread, "ما هو السعر؟ (بالدولار)");
  await open(`/agents/${id}/chat/${thread}`);
  const chat = new Chat(page);
  const direction = (of: import("@playwright/test").Locator) => of.evaluate((element) => getComputedStyle(element).direction);
  expect(await direction(chat.said.locator("p"))).toBe("rtl");
  expect(await direction(chat.title)).toBe("rtl");
  const answer = page.locator(".message--assistant .prose").last();
  await expect(answer).toContainText("Then English");
  expect(await direction(answer.getByText("مرحبا"))).toBe("rtl");
  expect(await direction(answer.getByRole("list").first())).toBe("rtl");
  expect(await direction(answer.getByText("Then English"))).toBe("ltr");
  expect(await direction(answer.locator("blockquote"))).toBe("rtl");
  expect(await direction(answer.locator("pre"))).toBe("ltr");
  await expect(chat.field).toHaveJSProperty("dir", "auto");
});

test("tasks keep their marks, formulas are set and money stays money", async ({ page, agents, request, open }) => {
  const { id } = await agents.create("openai/fixed", "Writer");
  const chats = new Chats(request);
  const thread = await chats.create(id);
  await chats.say(thread, "Write.");
  await open(`/agents/${id}/chat/${thread}`);
  const answer = page.locator(".message--assistant .prose").last();
  await expect(answer.getByRole("img", { name: "Done" })).toHaveText("☑");
  await expect(answer.getByRole("img", { name: "To do" })).toHaveText("☐");
  await expect(answer.locator("math")).toHaveCount(2);
  await expect(answer.locator("math mfrac")).toBeVisible();
  await expect(answer).toContainText("for $5 and $6.");
  await expect(answer.getByRole("cell", { name: "1", exact: true })).toHaveCSS("text-align", "end");
});

for (const width of [390, 768, 1440]) {
  test(`nothing long widens a page of ${width} pixels`, async ({ page, agents, request, open }) => {
    await page.setViewportSize({ width, height: 844 });
    const { id } = await agents.create("openai/fixed", "Long".repeat(18), { description: "d".repeat(500), task_instructions: LONG });
    const chats = new Chats(request);
    const thread = await chats.create(id, "t".repeat(200));
    const run = await chats.say(thread, LONG);
    await expect.poll(() => agents.runStatus(run)).toBe("success");
    const failing = await agents.create("demo/fail", "Fails");
    const failed = await agents.runToEnd(failing.id, "failed");
    const pages = [`/agents/${id}/chat/${thread}`, `/runs/${run}`, `/runs/${failed}`, `/agents/${id}`, `/agents/${id}/settings`, `/?agent=${id}`];
    for (const path of pages) {
      await open(path);
      await expectNoHorizontalScroll(page);
      const log = page.getByRole("log", { name: "Conversation" });
      if (await log.count()) expect(await log.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    }
    // A dialog and a message with a long name in it.
    await open(`/agents/${id}`);
    await page.getByRole("button", { name: /^More actions for / }).click();
    await page.getByRole("menuitem", { name: "Delete agent…" }).click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toBeVisible();
    expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
    await expectNoHorizontalScroll(page);
  });
}

test.describe("where something is injected", () => {
  // The browser names what it refuses.
  test.use({ tolerated: /Content Security Policy/ });

  test("a page runs no script but this server's", async ({ page, agents }) => {
    const { id } = await agents.create("demo/quick", "Guarded");
    const response = await page.goto(`/agents/${id}`);
    await hydrated(page);
    expect(response?.headers()["content-security-policy"]).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[^']+';/);
    await expect(page.getByRole("status").or(page.getByText("Live")).first()).toBeAttached();
    // As an injection would; the browser refuses each and says so.
    const blocked = page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const refused: string[] = [];
          document.addEventListener("securitypolicyviolation", (event) => {
            refused.push(event.effectiveDirective);
            if (refused.length === 4) resolve(refused.sort());
          });
          const script = document.createElement("script");
          script.textContent = "window.injected = true";
          document.body.append(script);
          const handler = document.createElement("div");
          handler.innerHTML = "<i onclick='window.injected = true' style='color: red'>x</i><img src='https://example.com/x.png'>";
          document.body.append(handler);
        }),
    );
    expect(await blocked).toEqual(["img-src", "script-src-attr", "script-src-elem", "style-src-attr"]);
    expect(await page.evaluate(() => "injected" in window)).toBe(false);
  });
});
