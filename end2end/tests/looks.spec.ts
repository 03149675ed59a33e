// Every page at three widths and in both themes: nothing is cut off, and axe finds nothing.

import type { Page } from "@playwright/test";
import { Chat, Chats, settled } from "../chat.ts";
import { Agents, Dashboard, expect, expectAccessible, expectNoHorizontalScroll, test } from "../fixtures.ts";

interface Given {
  page: Page;
  agents: Agents;
  open: (path: string) => Promise<void>;
}

/** The pages, each with something on it. */
const pages: [string, (given: Given) => Promise<void>][] = [
  [
    "dashboard",
    async ({ page, agents, open }) => {
      const { id, name } = await agents.create("demo/quick", "An agent whose name is long enough to need its room");
      await agents.runToEnd(id, "success");
      await open(`/?agent=${id}`);
      await expect(new Dashboard(page).runs(name)).toHaveCount(1);
    },
  ],
  [
    "new agent",
    async ({ page, open }) => {
      await open("/agents/new");
      await expect(page.getByRole("button", { name: "Create agent" })).toBeVisible();
    },
  ],
  [
    "import",
    async ({ page, agents, open }) => {
      const { name } = await agents.create("demo/quick", "Imported", { system_instructions: "One\nTwo\nThree" });
      await open("/agents/import");
      const file = `[[agent]]\nname = "${name}"\nmodel = "demo/slow"\nsystem_instructions = "One\\nZwei\\nThree"\n`;
      const other = '[[agent]]\nname = "An agent whose name is long enough to need its room"\nmax_steps = 0\n';
      await page.getByLabel("Or paste it").fill(file + other);
      await page.getByRole("button", { name: "Show changes" }).click();
      await expect(page.getByText("Cannot be imported")).toBeVisible();
    },
  ],
  [
    "select",
    async ({ page, agents, open }) => {
      const mark = Agents.name("mark").replace(" ", "-");
      await agents.create("demo/quick", mark, { tags: ["support", "eu"], description: mark });
      await agents.create("demo/quick", `An agent whose name is long enough to need its room ${mark}`, { run_budget_usd: 1 });
      await open(`/agents/select?q=${mark}`);
      await page.getByRole("checkbox", { name: "Select all shown" }).check();
      await page.getByRole("button", { name: "Model…" }).click();
      await page.getByRole("combobox", { name: "Model" }).fill("ollama/llama3.2");
      await page.getByRole("button", { name: "Change model" }).click();
      await expect(page.getByText("1 could not be changed")).toBeVisible();
    },
  ],
  [
    "agent",
    async ({ page, agents, open }) => {
      const { id, name } = await agents.create("demo/quick", "Overviewed", {
        description: "What it is for",
        tools: ["current_time", "mcp:files", "mcp:old/fetch_something_with_a_long_name"],
        schedule: "30 4 1 1 *",
        month_budget_tokens: 1000,
      });
      await agents.runToEnd(id, "success");
      await open(`/agents/${id}`);
      await expect(new Dashboard(page).runs(name)).toHaveCount(1);
    },
  ],
  [
    "agent's settings",
    async ({ page, agents, open }) => {
      const { id } = await agents.create("demo/quick", "Set", { tools: ["current_time", "mcp:files"] });
      await open(`/agents/${id}/settings`);
      await page.getByLabel("Description").fill("Changed");
      await expect(page.getByText("Unsaved changes")).toBeVisible();
    },
  ],
  [
    "agent's versions",
    async ({ page, agents, open }) => {
      const { id, name } = await agents.create("demo/quick", "Kept", { system_instructions: "One\nTwo\nThree" });
      await agents.runToEnd(id, "success");
      await agents.replace(id, {
        name,
        model: "demo/slow",
        system_instructions: "One\nZwei, which is a line that is long enough to need another one where there is little room\nThree",
        note: "A note that is long enough to need its room",
      });
      await open(`/agents/${id}/versions`);
      await expect(page.getByText("1 line added, 1 removed")).toBeVisible();
    },
  ],
  [
    "two runs compared",
    async ({ page, agents, open }) => {
      const { id, name } = await agents.create("demo/tools", "Kept", { system_instructions: "One\nTwo\nThree" });
      await agents.runToEnd(id, "success");
      await agents.replace(id, { name, model: "demo/fail", system_instructions: "One\nZwei\nThree", tools: [] });
      const failed = await agents.runToEnd(id, "failed");
      await open(`/runs/compare?a=${failed}&b=last_good`);
      await expect(page.getByRole("heading", { name: "What differs" })).toBeVisible();
    },
  ],
  [
    "runs",
    async ({ page, agents, open }) => {
      const fine = await agents.create("demo/quick", "An agent whose name is long enough to need its room");
      const broken = await agents.create("demo/fail", "Broken");
      const request = { input: "An input that is long enough to need its room in a row", tags: ["webhooks", "p2", "eu"] };
      await page.request.post(`/api/agents/${fine.id}/runs`, { data: request });
      await agents.runToEnd(fine.id, "success");
      await agents.runToEnd(broken.id, "failed");
      await open("/runs?period=24h&include=totals");
      await expect(page.getByRole("link", { name: broken.name, exact: true })).toBeVisible();
    },
  ],
  [
    "an agent that fails",
    async ({ page, agents, open }) => {
      const { id } = await agents.create("demo/fail", "Failing");
      await agents.runToEnd(id, "failed");
      await open(`/agents/${id}`);
      await expect(page.getByRole("heading", { name: "Why runs failed" })).toBeVisible();
    },
  ],
  [
    "analytics",
    async ({ page, agents, open }) => {
      const { id } = await agents.create("demo/quick", "An agent whose name is long enough to need its room");
      await agents.runToEnd(id, "success");
      await open("/analytics?period=24h");
      await expect(page.getByRole("table", { name: /^Cost and failures by agent/ })).toBeVisible();
    },
  ],
  [
    "agent's webhooks",
    async ({ page, agents, open }) => {
      const { id } = await agents.create("demo/quick", "Hooked");
      const settings = { name: "A name that is long enough to need its room", verification: "none", map: { input: "/text" } };
      const made = await page.request.post(`/api/agents/${id}/hooks`, { data: settings });
      const { path } = await made.json();
      expect((await page.request.post(path, { data: { text: "Disk full" } })).status()).toBe(202);
      expect((await page.request.post(path, { data: { other: "Disk full" } })).status()).toBe(422);
      await open(`/agents/${id}/hooks`);
      await expect(page.getByText("nothing at /text")).toBeVisible();
    },
  ],
  [
    "run",
    async ({ page, agents, open }) => {
      const { id } = await agents.create("demo/quick", "Looked at");
      await open(`/runs/${await agents.runToEnd(id, "success")}`);
      await expect(page.getByRole("main")).toContainText("Success");
    },
  ],
  [
    "run with tools",
    async ({ page, agents, open }) => {
      const { id } = await agents.create("demo/tools", "Looked at");
      await open(`/runs/${await agents.runToEnd(id, "success")}`);
      await expect(page.getByRole("heading", { name: "Tokens and cost" })).toBeVisible();
    },
  ],
  [
    "run as JSON",
    async ({ page, agents, open }) => {
      const { id } = await agents.create("demo/quick", "Looked at");
      await open(`/runs/${await agents.runToEnd(id, "success")}/raw`);
      await expect(page.getByRole("link", { name: "Download" })).toBeVisible();
    },
  ],
  [
    "failed run",
    async ({ page, agents, open }) => {
      const { id } = await agents.create("demo/fail", "Failing");
      await open(`/runs/${await agents.runToEnd(id, "failed")}`);
      await expect(page.getByRole("main")).toContainText("Failed");
    },
  ],
  [
    "chat",
    async ({ page, agents, open }) => {
      const { id, name } = await agents.create("demo/tools", "Talking");
      const chats = new Chats(page.request);
      const thread = await chats.create(id);
      await chats.say(thread, "A message that is long enough to need more than one line where there is little room for it");
      await open(`/agents/${id}/chat/${thread}`);
      const turn = new Chat(page).turns(name);
      await settled(turn);
      await turn.locator("summary").first().click();
      await expect(turn.getByText("Result")).toBeVisible();
    },
  ],
];

for (const [name, show] of pages) {
  for (const width of [390, 768, 1440]) {
    test(`${name} fits ${width} px`, async ({ page, agents, open }) => {
      await page.setViewportSize({ width, height: 900 });
      await show({ page, agents, open });
      await expectNoHorizontalScroll(page);
    });
  }

  for (const colorScheme of ["light", "dark"] as const) {
    test(`${name} is accessible, ${colorScheme}`, async ({ page, agents, open }) => {
      await page.emulateMedia({ colorScheme });
      await show({ page, agents, open });
      await expectAccessible(page);
    });
  }
}
