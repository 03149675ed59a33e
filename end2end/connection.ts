// Helpers for tests of the live connection: a server of their own, and the page's words about it.

import { expect, type Locator, type Page, type WebSocketRoute } from "@playwright/test";
import { stopClock, test as base } from "./fixtures.ts";
import { Server } from "./server.ts";

/** A server for each test: others must not lose theirs. */
export const test = base.extend<{ own: Server }>({
  own: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.close();
  },
  baseURL: async ({ own }, use) => {
    await use(own.url);
  },
  // The browser itself reports connections that it could not make.
  tolerated: /WebSocket connection to|ERR_CONNECTION_/,
});

/** A page's words about its connection, and whether it is still the same page. */
export class Connection {
  constructor(private readonly page: Page) {}

  get badge(): Locator {
    return this.page.getByRole("banner").getByRole("status");
  }

  get lost(): Locator {
    return this.page.getByRole("status").filter({ hasText: "Disconnected." });
  }

  get count(): Locator {
    return this.page.getByRole("timer").filter({ hasText: "Reconnecting" });
  }

  get tryNow(): Locator {
    return this.page.getByRole("button", { name: "Try now" });
  }

  /** Live, with a mark that a reload would wipe away. */
  async begin(): Promise<void> {
    await expect(this.badge).toHaveText("Live");
    await this.page.evaluate(() => Object.assign(window, { mark: "the same page" }));
  }

  /** Waits for an attempt that is some seconds away, and stops the clock before it; returns how many are left. */
  async stopBeforeAttempt(): Promise<number> {
    await expect(this.count).toHaveText(/Reconnecting in ([5-9]|\d\d) s/);
    await stopClock(this.page);
    const [, left] = /Reconnecting in (\d+) s/.exec(await this.count.innerText()) ?? [];
    return Number(left);
  }

  /** Live again, with nothing left of the outage, and no reload. */
  async expectRegained(): Promise<void> {
    await expect(this.badge).toHaveText("Live");
    await expect(this.lost).toHaveCount(0);
    await expect(this.tryNow).toHaveCount(0);
    await this.expectSamePage();
  }

  async expectSamePage(): Promise<void> {
    expect(await this.page.evaluate(() => Reflect.get(window, "mark"))).toBe("the same page");
  }

  /** When what is shown was last known, in milliseconds since midnight in the reader's zone. */
  async knownAt(): Promise<number> {
    return sinceMidnight(await this.lost.getByRole("time").innerText());
  }
}

/** `14:30:42`, in milliseconds since midnight. */
function sinceMidnight(time: string): number {
  const [hours = NaN, minutes = NaN, seconds = NaN] = time.split(":").map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

/** This machine's time of day in the zone that the pages are read in. */
export function timeOfDay(): number {
  return sinceMidnight(new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/Berlin" }));
}

/** A duration as a row shows it while it ticks, in seconds. */
export function inSeconds(text: string | null): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
  const parts = [...(text ?? "").matchAll(/(\d+) ([hms])/g)];
  expect(parts.length, `a duration: ${text}`).toBeGreaterThan(0);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ""] ?? NaN), 0);
}

/** Notes every text that an element shows from now on; returns a way to read what was noted. */
export async function noting(element: Locator): Promise<() => Promise<string[]>> {
  const noted = await element.evaluateHandle((element) => {
    const texts = [element.textContent ?? ""];
    const note = () => texts.push(element.textContent ?? "");
    new MutationObserver(note).observe(element, { childList: true, characterData: true, subtree: true });
    return texts;
  });
  return () => noted.jsonValue();
}

/** Lets the page believe that its tab is hidden, or seen again. */
export async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (hidden ? "hidden" : "visible") });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  }, hidden);
}

/** The wire between page and server, which can be cut without either noticing. */
export class Wire {
  /** Sockets that the page has opened. */
  opened = 0;
  /** Pings that the page has sent, and those that the server has answered. */
  pings = 0;
  pongs = 0;
  private cut = new Set<WebSocketRoute>();
  private current: WebSocketRoute | undefined;

  /** To be laid before the page is opened. */
  static async lay(page: Page): Promise<Wire> {
    const wire = new Wire();
    await page.routeWebSocket("**/api/ws", (socket) => {
      const server = socket.connectToServer();
      wire.opened += 1;
      wire.current = socket;
      socket.onMessage((message) => {
        wire.pings += message.includes('"ping"') ? 1 : 0;
        if (!wire.cut.has(socket)) server.send(message);
      });
      server.onMessage((message) => {
        if (wire.cut.has(socket)) return;
        wire.pongs += message.includes('"pong"') ? 1 : 0;
        socket.send(message);
      });
    });
    return wire;
  }

  /** Swallows whatever goes through the present socket from now on. */
  cutSilently(): void {
    if (this.current) this.cut.add(this.current);
  }
}
