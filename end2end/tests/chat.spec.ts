// Chats: sending, streaming, stopping, retrying, naming and deleting.

import { Chat, Chats, grown, run, settled } from "../chat.ts";
import { expect, hydrated, stopClock, test } from "../fixtures.ts";

test("a new chat is named by its first message, and answered", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  const { id, name } = await agents.create("demo/quick", "Talker");
  await open(`/agents/${id}/chat`);
  await expect(chat.title).toHaveText("New chat");
  await chat.say("What is new?");
  await expect(page).toHaveURL(new RegExp(`/agents/${id}/chat/\\d+$`));
  await expect(chat.title).toHaveText("What is new?");
  await expect(page).toHaveTitle(new RegExp(`^What is new\\? · ${name}`));
  await expect(chat.said).toHaveText(["What is new?"]);
  const turn = chat.turns(name);
  await settled(turn);
  await expect(turn).toContainText("demo model");
  await expect(turn).toContainText("tokens");
  await expect(turn).toContainText("$0");
  await expect(turn).not.toContainText("Success");
  await expect(chat.threads.getByRole("link", { name: "What is new?" })).toHaveAttribute("aria-current", "page");
  await page.reload();
  await hydrated(page);
  await expect(turn).toContainText("demo model");
  await run(turn).click();
  await expect(page).toHaveURL(/\/runs\/\d+$/);
});

test("Enter sends, Shift and Enter adds a line, and a composition keeps its Enter", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  const { id } = await agents.create("demo/quick", "Typist");
  await open(`/agents/${id}/chat`);
  await chat.field.fill("one");
  await chat.field.press("Shift+Enter");
  await chat.field.pressSequentially("two");
  await expect(chat.field).toHaveValue("one\ntwo");
  for (const init of [{ isComposing: true }, { keyCode: 229 }]) {
    await chat.field.evaluate((field, init) => {
      const event = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init });
      field.dispatchEvent(event);
    }, init);
  }
  await expect(chat.field).toHaveValue("one\ntwo");
  await expect(chat.said).toHaveCount(0);
  await chat.field.press("Enter");
  await expect(chat.field).toHaveValue("");
  await expect(chat.said).toHaveText(["one\ntwo"], { useInnerText: true });
});

test("a blank message is not sent", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  const { id } = await agents.create("demo/quick", "Silent");
  await open(`/agents/${id}/chat`);
  await expect(chat.send).toHaveAttribute("aria-disabled", "true");
  await chat.field.fill("  ");
  await chat.field.press("Enter");
  await expect(chat.field).toHaveValue("  ");
  await expect(chat.said).toHaveCount(0);
});

test("an answer grows, is there after a reload, and grows on", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  const { id, name } = await agents.create("demo/long", "Grower");
  await open(`/agents/${id}/chat`);
  await chat.say("Go on.");
  const turn = chat.turns(name);
  await expect(turn).toContainText("I am Runboard's built-in demo model");
  const before = await grown(turn, await grown(turn, 0));
  await page.reload();
  await expect(turn).toContainText("I am Runboard's built-in demo model");
  await hydrated(page);
  await grown(turn, before);
  await expect(turn).toHaveAttribute("aria-busy", "true");
  await chat.stop.click();
  await settled(turn);
});

test("Stop keeps what was written, and the turn can be retried", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  const { id, name } = await agents.create("demo/long", "Stopper");
  await open(`/agents/${id}/chat`);
  await chat.say("Go on.");
  const turn = chat.turns(name).first();
  await expect(turn).toContainText("I am Runboard's built-in demo model");
  await chat.stop.click();
  await expect(turn).toContainText("Stopped");
  await expect(turn).toContainText("I am Runboard's built-in demo model");
  await expect(chat.stop).toHaveCount(0);
  await expect(chat.field, "the focus does not go with the button").toBeFocused();
  await page.reload();
  await hydrated(page);
  await expect(turn).toContainText("I am Runboard's built-in demo model");
  await turn.getByRole("button", { name: "Retry" }).click();
  await expect(chat.turns(name)).toHaveCount(2);
  await expect(turn.getByRole("button", { name: "Retry" })).toHaveCount(0);
  await chat.stop.click();
  await settled(chat.turns(name).last());
});

test("a second message waits until the first is answered", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  const { id, name } = await agents.create("demo/long", "Queue");
  await open(`/agents/${id}/chat`);
  await chat.say("First.");
  const [first, second] = [chat.turns(name).first(), chat.turns(name).nth(1)];
  await expect(first).toContainText("I am Runboard's");
  await chat.say("Second.");
  await expect(second).toContainText("Waits for the answer above");
  await chat.say("Third.");
  await chat.turns(name).nth(2).getByRole("button", { name: "Cancel" }).click();
  await expect(chat.turns(name).nth(2)).toContainText("Stopped");
  await chat.stop.click();
  await expect(first).toContainText("Stopped");
  await expect(second).toContainText("“Second.”");
  await chat.stop.click();
  await settled(second);
});

test("tools are chips that open to what they were asked and answered", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  const { id, name } = await agents.create("demo/tools", "Tooler");
  await open(`/agents/${id}/chat`);
  await chat.say("What time is it?");
  const turn = chat.turns(name);
  await settled(turn);
  await expect(turn).toContainText("Let me ask my tools.");
  await expect(turn).toContainText("My tools answered:");
  await expect(turn).not.toContainText("→");
  const chip = turn.locator("details").filter({ hasText: "current_time" });
  await expect(chip.getByText("Arguments")).toBeHidden();
  await chip.locator("summary").click();
  await expect(chip.getByText("Arguments")).toBeVisible();
  await expect(chip.getByText("Result")).toBeVisible();
  const live = await turn.innerText();
  await page.reload();
  await hydrated(page);
  await chip.locator("summary").click();
  await expect.poll(() => turn.innerText()).toBe(live);
});

test("a failed turn says why and is retried", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  const { id, name } = await agents.create("demo/flaky", "Flaky");
  await open(`/agents/${id}/chat`);
  await chat.say("Try.");
  const turns = chat.turns(name);
  await expect(turns.first()).toContainText("Failed");
  await expect(turns.first()).toContainText("fails the first time");
  await turns.first().getByRole("button", { name: "Retry" }).click();
  await expect(turns).toHaveCount(2);
  await settled(turns.last());
  await expect(turns.last()).toContainText("demo model");
  await expect(chat.said).toHaveCount(1);
});

test("what a model writes is text and harmless HTML, nothing that runs or fetches", async ({ page, open, agents, request }) => {
  const chat = new Chat(page);
  const { id, name } = await agents.create("demo/quick", "Hostile");
  const thread = await new Chats(request).create(id);
  await open(`/agents/${id}/chat/${thread}`);
  const hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>[x](javascript:alert(3)) ![y](http://a.example/b.png)";
  await new Chats(request).say(thread, hostile);
  const turn = chat.turns(name);
  await settled(turn);
  for (const again of [false, true]) {
    if (again) await page.reload();
    await expect(turn).toContainText("<img src=x onerror=alert(1)>");
    await expect(chat.said).toHaveText([hostile]);
    await expect(chat.log.locator("img, script, iframe, object, [onerror], [href^='javascript:']")).toHaveCount(0);
  }
});

test.describe("with others", () => {
  // Of a thread that somebody else has deleted.
  test.use({ tolerated: /status of 404/ });

  test("what happens in another window and through the API is shown", async ({ page, open, agents, context, request }) => {
    const chat = new Chat(page);
    const { id, name } = await agents.create("demo/quick", "Shared");
    const thread = await new Chats(request).create(id, "Shared thread");
    await open(`/agents/${id}/chat/${thread}`);
    const otherPage = await context.newPage();
    await otherPage.goto(`/agents/${id}/chat/${thread}`);
    await hydrated(otherPage);
    const other = new Chat(otherPage);
    await other.say("From over there.");
    await expect(chat.said).toHaveText(["From over there."]);
    await settled(chat.turns(name).first());
    await new Chats(request).say(thread, "From a program.");
    await expect(chat.said).toHaveText(["From over there.", "From a program."]);
    await expect(other.said).toHaveText(["From over there.", "From a program."]);
    await expect(chat.turns(name).last()).toContainText("“From a program.”");

    await other.choose("Rename…");
    await otherPage.getByLabel("Title").fill("Named anew");
    await otherPage.getByRole("button", { name: "Rename", exact: true }).click();
    await expect(other.title).toHaveText("Named anew");
    await expect(chat.title).toHaveText("Named anew");
    await new Chats(request).create(id, "A second one");
    await expect(chat.threads.getByRole("link", { name: "A second one" })).toBeVisible();

    await other.choose("Delete chat…");
    await otherPage.getByRole("button", { name: "Delete chat", exact: true }).click();
    await expect(otherPage).toHaveURL(new RegExp(`/agents/${id}/chat$`));
    await expect(page.getByRole("heading", { name: "Not found" })).toBeVisible();
    expect(await agents.runCount(id), "its runs stay").toBe(2);
  });
});

test("the end is followed by those who are at it, and by nobody else", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  await page.setViewportSize({ width: 1000, height: 420 });
  const { id, name } = await agents.create("demo/long", "Long");
  await open(`/agents/${id}/chat`);
  await chat.say("Go on.");
  const turn = chat.turns(name);
  await expect.poll(() => chat.log.evaluate((log) => log.scrollHeight - log.clientHeight)).toBeGreaterThan(150);
  await expect.poll(() => chat.belowView()).toBeLessThan(48);
  await expect(chat.jump).toHaveCount(0);

  await chat.log.evaluate((log) => log.scrollTo(0, 10));
  await expect(chat.jump).toBeVisible();
  await grown(turn, await grown(turn, 0));
  expect(await chat.log.evaluate((log) => log.scrollTop)).toBe(10);
  await chat.jump.click();
  await expect.poll(() => chat.belowView()).toBeLessThan(48);
  await expect(chat.jump).toHaveCount(0);
  await chat.stop.click();
  await settled(turn);
  await page.reload();
  await hydrated(page);
  await expect.poll(() => chat.belowView()).toBeLessThan(48);
});

test("an answer is copied as it was written", async ({ page, context, open, agents, request }) => {
  const chat = new Chat(page);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { id, name } = await agents.create("demo/quick", "Copy it");
  await page.clock.install();
  await open(`/agents/${id}/chat`);
  await chat.say("Go on.");
  const turn = chat.turns(name);
  const copy = turn.getByRole("button", { name: "Copy" });
  await copy.waitFor();
  await stopClock(page);
  await copy.click();
  await expect(turn.getByRole("button", { name: "Copied" })).toBeVisible();
  await page.clock.resume();
  const written = await request.get(`/api${await run(turn).getAttribute("href")}/steps/1/output`);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await written.text());
  await expect(copy, "and again").toBeVisible();
});

test("a chat is found by its title and by what was asked in it", async ({ page, open, agents, request }) => {
  const chat = new Chat(page);
  const chats = new Chats(request);
  const { id } = await agents.create("demo/quick", "Much asked");
  for (const [title, asked] of [["Invoices", "Was 2231 charged twice?"], ["Deliveries", "Why are they late?"]] as const) {
    await chats.say(await chats.create(id, title), asked);
  }
  await open(`/agents/${id}/chat`);
  const field = page.getByRole("searchbox", { name: /^Search chats/ });
  const found = page.getByRole("navigation", { name: "Chats found" });
  await field.fill("2231");
  await expect(found.getByRole("link")).toHaveCount(1);
  await expect(chat.threads).toHaveCount(0);
  await field.fill("deliver");
  await expect(found.getByRole("link")).toContainText("Deliveries");
  await field.fill("parcel");
  await expect(page.getByText("No chat contains that.")).toBeVisible();
  await field.fill("invo");
  await found.getByRole("link", { name: "Invoices" }).click();
  await expect(chat.title).toHaveText("Invoices");
  await expect(chat.said).toHaveText(["Was 2231 charged twice?"]);
});

test("an answer that grows never leaves a reader behind who is at its end", async ({ page, open, agents }) => {
  const chat = new Chat(page);
  await page.setViewportSize({ width: 700, height: 420 });
  const { id, name } = await agents.create("demo/long", "Grows");
  await open(`/agents/${id}/chat`);
  await chat.say("Go on.");
  const turn = chat.turns(name);
  await expect.poll(() => chat.log.evaluate((log) => log.scrollHeight - log.clientHeight)).toBeGreaterThan(50);
  // Looked at with each change, in a task of its own, so after all that the change has woken and before it is painted.
  const farthest = await chat.log.evaluate(
    (log) =>
      new Promise<number>((resolve) => {
        const below: number[] = [];
        const observer = new MutationObserver(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            below.push(log.scrollHeight - log.scrollTop - log.clientHeight);
            if (below.length < 12) return;
            observer.disconnect();
            resolve(Math.max(...below));
          };
          port2.postMessage(null);
        });
        observer.observe(log, { subtree: true, childList: true, characterData: true });
      }),
  );
  expect(farthest).toBeLessThan(2);
  await chat.stop.click();
  await settled(turn);
});

test("a long thread begins with its end", async ({ page, open, agents, request }) => {
  const chat = new Chat(page);
  const { id } = await agents.create("demo/fail", "Old");
  const thread = await new Chats(request).create(id);
  for (let n = 1; n <= 31; n += 1) await new Chats(request).say(thread, `Message ${n}`);
  await open(`/agents/${id}/chat/${thread}`);
  await expect(chat.said).toHaveCount(30);
  await expect(chat.said.first()).toHaveText("Message 2");
  await page.getByRole("link", { name: "Show what was said before" }).click();
  await expect(chat.said).toHaveCount(31);
});

test("on a phone the threads are a sheet", async ({ page, open, agents, request }) => {
  const chat = new Chat(page);
  await page.setViewportSize({ width: 390, height: 800 });
  const { id } = await agents.create("demo/quick", "Phone");
  await new Chats(request).create(id, "The other one");
  const thread = await new Chats(request).create(id, "This one");
  await open(`/agents/${id}/chat/${thread}`);
  await expect(chat.threads).toBeHidden();
  await page.getByRole("button", { name: "Chats" }).click();
  await chat.threads.getByRole("link", { name: "The other one" }).click();
  await expect(chat.title).toHaveText("The other one");
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a thread can be read, also in mid-answer", async ({ page, agents, request }) => {
    const chat = new Chat(page);
    const { id, name } = await agents.create("demo/long", "Reader");
    const thread = await new Chats(request).create(id, "To be read");
    const started = await new Chats(request).say(thread, "Go on.");
    await expect(async () => {
      await page.goto(`/agents/${id}/chat/${thread}`);
      // Without script, what is on the page does not change.
      expect((await chat.turns(name).allInnerTexts()).join()).toContain("I am Runboard's built-in demo model");
    }).toPass();
    await expect(chat.turns(name)).toContainText("Running");
    await expect(chat.said).toHaveText(["Go on."]);
    await expect(chat.threads.getByRole("link", { name: "To be read" })).toBeVisible();
    await expect(chat.field).toBeHidden();
    await agents.stop(started);
    await expect.poll(() => agents.runStatus(started)).toBe("cancelled");
    await page.reload();
    await expect(chat.turns(name)).toContainText("Stopped");
    await expect(chat.turns(name)).toContainText("I am Runboard's built-in demo model");
  });
});

test.describe("when the server is away", () => {
  test.use({ tolerated: /ERR_FAILED|Failed to load resource/ });

  test("what was written stays in the field", async ({ page, open, agents }) => {
    const chat = new Chat(page);
    const { id } = await agents.create("demo/quick", "Away");
    await open(`/agents/${id}/chat`);
    await page.route("**/ui/chat/say", (route) => route.abort());
    await chat.field.fill("Are you there?");
    await chat.field.press("Enter");
    await expect(page.getByRole("alert")).toContainText("Not sent.");
    await expect(chat.field).toHaveValue("Are you there?");
    await page.unroute("**/ui/chat/say");
    await chat.field.press("Enter");
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expect(chat.said).toHaveText(["Are you there?"]);
  });

  test("a message whose answer was lost is sent again and said once", async ({ page, open, agents }) => {
    const chat = new Chat(page);
    const { id } = await agents.create("demo/quick", "Lost");
    await open(`/agents/${id}/chat`);
    await page.route("**/ui/chat/say", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await chat.field.fill("Once, please.");
    await chat.field.press("Enter");
    await expect(page.getByRole("alert")).toContainText("Not sent.");
    await page.unroute("**/ui/chat/say");
    await chat.field.press("Enter");
    await expect(page.getByRole("alert")).toHaveCount(0);
    await expect(chat.said).toHaveText(["Once, please."]);
    expect(await agents.runCount(id)).toBe(1);
  });
});
