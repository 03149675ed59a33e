// Fixtures of all tests: a server for each worker, silent consoles, helpers for agents and the dashboard.

import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type APIRequestContext, type Locator, type Page } from "@playwright/test";
import { Server } from "./server.ts";

export { expect } from "@playwright/test";

interface WorkerFixtures {
  /** One server per worker; a failed test makes a new worker and so a new server. */
  server: Server;
}

interface TestFixtures {
  /** Complaints of the browser itself that what is tested makes it utter; a test names its own with `test.use`. */
  tolerated: RegExp | undefined;
  /** Fails the test on any warning or error of the console and on any error that nobody caught. */
  silentConsole: void;
  agents: Agents;
  /** Opens a page and waits until the browser's half has taken over. */
  open: (path: string) => Promise<void>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.close();
    },
    { scope: "worker" },
  ],

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  tolerated: [undefined, { option: true }],

  silentConsole: [
    async ({ context, server, tolerated }, use, testInfo) => {
      const complaints: string[] = [];
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) {
          complaints.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
        }
      });
      context.on("weberror", (error) => complaints.push(`page error: ${error.error().stack ?? error.error().message}`));
      const before = server.log.length;
      await use();
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach("server.log", { body: server.log.slice(before), contentType: "text/plain" });
      }
      const ours = complaints.filter((complaint) => !tolerated?.test(complaint));
      expect(ours, "the console stays silent").toEqual([]);
    },
    { auto: true },
  ],

  agents: async ({ request }, use) => {
    const agents = new Agents(request);
    await agents.makeRoom();
    await use(agents);
  },

  open: async ({ page }, use) => {
    await use(async (path) => {
      await page.goto(path);
      await hydrated(page);
    });
  },
});

/** For tests that need the whole server: `own` is a fresh one for each, and the pages are its. */
export const ownServer = test.extend<{ settings: Record<string, string>; own: Server }>({
  settings: [{}, { option: true }],
  own: async ({ settings }, use) => {
    const own = await Server.start(settings);
    await use(own);
    await own.close();
  },
  baseURL: async ({ own }, use) => {
    await use(own.url);
  },
});

/** Until then, clicks are lost. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
}

/**
 * Stops the page's clock, which `page.clock.install()` has taken over: until it is run on or resumed, none of the page's
 * timers goes off, however long the test takes for what it does meanwhile.
 */
export async function stopClock(page: Page): Promise<void> {
  // A clock cannot be stopped in the past, and some time passes until it hears of it.
  await expect(async () => page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000)).toPass();
}

interface Settings {
  name: string;
  model: string;
  description: string;
  paused: boolean;
  tools: string[];
}

interface Run {
  id: number;
  status: string;
}

/** Follows the dashboard's link to the form that creates an agent. */
export async function toNewAgent(page: Page): Promise<void> {
  await page.getByRole("main").getByRole("link", { name: "New agent" }).last().click();
  await expect(page).toHaveURL(/\/agents\/new$/);
  await hydrated(page);
}

/** The agent that was created is shown on its own page, which says so. */
export async function expectMade(page: Page, agent: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, name: agent })).toBeVisible();
  await hydrated(page);
  await expect(page.getByRole("status").filter({ hasText: "Agent created" })).toContainText(agent);
  await expect(page).toHaveURL(/\/agents\/\d+$/);
}

/** Agents made through the REST API, for tests about something else. */
export class Agents {
  private static count = 0;

  constructor(private readonly request: APIRequestContext) {}

  /** Deletes the agents of earlier tests before there are more than the dashboard shows at first. */
  async makeRoom(): Promise<void> {
    const all = await this.all();
    if (all.length < 50) return;
    const made = all.filter(({ name }) => / \d+-\d+$/.test(name));
    await Promise.all(made.map(({ id }) => this.delete(id)));
  }

  /** A name that no other test uses. */
  static name(words: string): string {
    Agents.count += 1;
    return `${words} ${process.pid}-${Agents.count}`;
  }

  async create(model: string, words = "Agent", settings: object = {}): Promise<{ id: number; name: string }> {
    const name = Agents.name(words);
    const task_instructions = "Say what there is to say.";
    const response = await this.request.post("/api/agents", { data: { name, model, task_instructions, ...settings } });
    expect(response.status(), await response.text()).toBe(201);
    return { id: (await response.json()).id, name };
  }

  /** Starts a run; returns its id. */
  async run(agent: number): Promise<number> {
    const response = await this.request.post(`/api/agents/${agent}/task`, { data: {} });
    expect(response.status(), await response.text()).toBe(202);
    return (await response.json()).run_id;
  }

  /** Starts as many runs and waits until they are over; returns their ids, oldest first. */
  async runsToEnd(agent: number, count: number, status: "success" | "failed" = "success"): Promise<number[]> {
    const runs: number[] = [];
    for (let n = 0; n < count; n += 1) runs.push(await this.run(agent));
    for (const run of runs) await expect.poll(() => this.runStatus(run)).toBe(status);
    return runs;
  }

  async stop(run: number): Promise<void> {
    expect((await this.request.post(`/api/runs/${run}/stop`)).ok()).toBe(true);
  }

  async runCount(agent: number): Promise<number> {
    return (await (await this.request.get(`/api/agents/${agent}/runs`)).json()).length;
  }

  async delete(agent: number): Promise<void> {
    expect((await this.request.delete(`/api/agents/${agent}`)).ok()).toBe(true);
  }

  async all(): Promise<{ id: number; name: string; paused: boolean }[]> {
    return (await this.request.get("/api/agents")).json();
  }

  /** Replaces its settings; what is left out gets its default. */
  async replace(agent: number, settings: { name: string; model: string; [field: string]: unknown }): Promise<void> {
    const response = await this.request.put(`/api/agents/${agent}`, { data: settings });
    expect(response.status(), await response.text()).toBe(200);
  }

  async show(agent: number): Promise<Settings> {
    return (await this.request.get(`/api/agents/${agent}`)).json();
  }

  async runStatus(run: number): Promise<string> {
    const response = await this.request.get(`/api/runs/${run}`);
    const body: Run = await response.json();
    return body.status;
  }

  /** Starts a run and waits until it is over. */
  async runToEnd(agent: number, status: "success" | "failed"): Promise<number> {
    const run = await this.run(agent);
    await expect.poll(() => this.runStatus(run)).toBe(status);
    return run;
  }
}

/** The dashboard, as one finds one's way about it. */
export class Dashboard {
  constructor(private readonly page: Page) {}

  get table(): Locator {
    return this.page.getByRole("table", { name: "Agents", exact: true });
  }

  row(agent: string): Locator {
    return this.table.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name: agent }) });
  }

  caret(agent: string): Locator {
    return this.page.getByRole("button", { name: `Run history of ${agent}`, exact: true });
  }

  runNow(agent: string): Locator {
    return this.row(agent).getByRole("button", { name: `Run now: ${agent}`, exact: true });
  }

  /** The runs of the open agent, newest first, without the head and without rows that show an error. */
  runs(agent: string): Locator {
    return this.page.getByRole("table", { name: `Latest runs of ${agent}` }).locator("tr[data-run]");
  }

  /** The bars of an agent's last 20 runs. */
  strip(agent: string): Locator {
    return this.row(agent).locator("svg.strip");
  }

  /** The row of one run of the open agent. */
  run(id: number): Locator {
    return this.page.locator(`tr[data-run="${id}"]`);
  }

  /** The button with what may be done to an agent. */
  more(agent: string): Locator {
    return this.page.getByRole("button", { name: `More actions for ${agent}`, exact: true });
  }

  /** Opens an agent's menu and chooses from it. */
  async chooseFor(agent: string, item: "Run with…" | "Edit" | "Duplicate" | "Pause schedule" | "Resume schedule" | "Delete agent…"): Promise<void> {
    await this.more(agent).click();
    await this.page.getByRole("menuitem", { name: item, exact: true }).click();
  }

  async openHistory(agent: string): Promise<void> {
    await this.caret(agent).click();
    await expect(this.caret(agent)).toHaveAttribute("aria-expanded", "true");
  }

  /** Opens a run's menu and chooses from it. */
  async choose(run: Locator, item: "View details" | "Retry" | "Retry with changes…" | "Stop"): Promise<void> {
    await run.getByRole("button", { name: /^Actions for / }).click();
    const choice = this.page.getByRole("menuitem", { name: item, exact: true });
    await expect(choice).not.toHaveAttribute("aria-disabled", "true");
    await choice.click();
  }
}

/** The status a run's row shows, as a word. */
export function status(run: Locator, word: string | RegExp): Locator {
  return run.getByRole("link", { name: word });
}

/** Nothing that axe can find, on the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((n) => n.html).join("\n  ")}`);
  expect(told, "axe finds nothing").toEqual([]);
}

export async function expectNoHorizontalScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => {
    const root = document.documentElement;
    return [root.scrollWidth, root.clientWidth] as const;
  });
  expect(content, "the page is no wider than the window").toBeLessThanOrEqual(window);
}
