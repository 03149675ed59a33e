// Helpers for chats: through the REST API, and on the page.

import type { APIRequestContext, Locator, Page } from "@playwright/test";
import { expect } from "./fixtures.ts";

/** Chats through the REST API, for tests about something else. */
export class Chats {
  constructor(private readonly request: APIRequestContext) {}

  async create(agent: number, title?: string): Promise<number> {
    const response = await this.request.post(`/api/agents/${agent}/threads`, { data: title ? { title } : {} });
    expect(response.status(), await response.text()).toBe(201);
    return (await response.json()).id;
  }

  /** Sends a message and starts the run that answers it; returns the run's id. */
  async say(thread: number, content: string): Promise<number> {
    const message = await this.request.post(`/api/threads/${thread}/messages`, { data: { role: "user", content } });
    expect(message.status(), await message.text()).toBe(201);
    const started = await this.request.post(`/api/threads/${thread}/run`, { data: {} });
    expect(started.status(), await started.text()).toBe(202);
    return (await started.json()).run_id;
  }
}

/** A chat's page, as one finds one's way about it. */
export class Chat {
  constructor(private readonly page: Page) {}

  get log(): Locator {
    return this.page.getByRole("log", { name: "Conversation" });
  }

  get field(): Locator {
    return this.page.getByRole("textbox", { name: /^Message to / });
  }

  get send(): Locator {
    return this.page.getByRole("button", { name: "Send", exact: true });
  }

  get stop(): Locator {
    return this.page.getByRole("button", { name: "Stop", exact: true });
  }

  get title(): Locator {
    return this.page.getByRole("heading", { level: 1 });
  }

  get threads(): Locator {
    return this.page.getByRole("navigation", { name: "Chats", exact: true });
  }

  get jump(): Locator {
    return this.page.getByRole("button", { name: "Jump to latest" });
  }

  /** People's messages, oldest first. */
  get said(): Locator {
    return this.log.getByRole("article", { name: "You", exact: true });
  }

  /** The agent's turns, oldest first. */
  turns(agent: string): Locator {
    return this.log.getByRole("article", { name: agent, exact: true });
  }

  async say(content: string): Promise<void> {
    await this.field.fill(content);
    await this.field.press("Enter");
    await expect(this.field).toHaveValue("");
  }

  /** Chooses from the thread's menu. */
  async choose(item: "Rename…" | "Delete chat…"): Promise<void> {
    await this.page.getByRole("button", { name: "Chat actions" }).click();
    await this.page.getByRole("menuitem", { name: item, exact: true }).click();
  }

  /** How far the end of the log is below what is seen, in pixels. */
  async belowView(): Promise<number> {
    return this.log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  }
}

/** The link to a turn's run, which distinguishes the turn from one without. */
export function run(turn: Locator): Locator {
  return turn.getByRole("link", { name: /^Run #/ });
}

/** Waits until a turn is over. */
export async function settled(turn: Locator): Promise<void> {
  await expect(turn).not.toHaveAttribute("aria-busy", "true");
}

/** Waits until a turn has more text than before; returns how much. */
export async function grown(turn: Locator, from: number): Promise<number> {
  const length = async () => (await turn.innerText()).length;
  await expect.poll(length).toBeGreaterThan(from);
  return length();
}
