// Announcements of finished runs to screen readers.

import type { Page } from "@playwright/test";
import { Dashboard, expect, stopClock, test } from "../fixtures.ts";

/** Lets the server's updates through, or keeps them for a while. */
async function holdUpdates(page: Page): Promise<{ hold(): void; held(): string[]; release(): void }> {
  let kept: string[] | null = null;
  let send = (_: string) => {};
  await page.routeWebSocket("**/api/ws", (socket) => {
    send = (message) => socket.send(message);
    socket.connectToServer().onMessage((message) => {
      if (kept) kept.push(message.toString());
      else socket.send(message);
    });
  });
  return {
    hold: () => (kept = []),
    held: () => kept ?? [],
    release: () => {
      const all = kept ?? [];
      kept = null;
      all.forEach((message) => send(message));
    },
  };
}

/** Notes what the polite live region says, as a screen reader would hear it: every change of its text. */
const listen = () => {
  const said: [string, number][] = [];
  const voice = document.querySelector("[aria-live=polite][aria-atomic]")!;
  new MutationObserver(() => {
    const text = voice.textContent!.trim();
    if (text) said.push([text, Date.now()]);
  }).observe(voice, { childList: true, characterData: true, subtree: true });
  Object.assign(window, { said });
};

test("finished runs are said once each, at most one every five seconds, the rest as a count", async ({ page, agents, open }) => {
  const failing = await agents.create("demo/fail", "Failing");
  const quick = await agents.create("demo/quick", "Quick");
  await page.clock.install();
  const updates = await holdUpdates(page);
  await open("/");
  await stopClock(page);
  await page.evaluate(listen);
  // Some updates are shown a moment later, together with others. By the page's clock that is little; by ours it may be long.
  const shown = (check: () => Promise<void>) =>
    expect(async () => {
      await page.clock.runFor(250);
      await check();
    }).toPass({ intervals: [100, 250, 500, 1_000, 2_000, 3_000, 5_000] });
  const said = () => page.evaluate(() => (window as any).said as [string, number][]);
  const texts = async () => (await said()).map(([text]) => text);

  await agents.runToEnd(failing.id, "failed");
  await shown(async () => expect(await texts()).toEqual([`${failing.name}: run failed.`]));
  updates.hold();
  const quickRuns = await agents.runsToEnd(quick.id, 3);
  // All three are over before the page hears of the first.
  const isTold = (run: number) => updates.held().some((update) => update.includes(`[${run},"success",`));
  await expect.poll(() => quickRuns.every(isTold)).toBe(true);
  updates.release();
  const strip = new Dashboard(page).strip(quick.name);
  await shown(async () => expect(await strip.getAttribute("aria-label")).toBe("Last 3 runs: 3 success"));
  await page.clock.fastForward(5_000);
  await expect.poll(texts).toEqual([`${failing.name}: run failed.`, `${quick.name}: run finished. 2 more runs finished.`]);
  const times = (await said()).map(([, at]) => at);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(5_000);

  // The same again is said again.
  await page.clock.fastForward(5_000);
  for (const count of [3, 4]) {
    await agents.runToEnd(failing.id, "failed");
    await shown(async () => expect(await texts()).toHaveLength(count));
    await page.clock.fastForward(5_000);
  }
  expect((await texts()).slice(2)).toEqual([`${failing.name}: run failed.`, `${failing.name}: run failed.`]);
});

test("nothing is said about runs that were over before, nor by opening a row", async ({ page, agents, open }) => {
  const { id, name } = await agents.create("demo/quick", "Quiet");
  const last = await agents.create("demo/fail", "Loud");
  await agents.runsToEnd(id, 2);
  await open("/");
  await page.evaluate(listen);
  await new Dashboard(page).openHistory(name);
  await expect(new Dashboard(page).runs(name)).toHaveCount(2);
  await agents.runToEnd(last.id, "failed");
  const texts = () => page.evaluate(() => ((window as any).said as [string, number][]).map(([text]) => text));
  await expect.poll(texts).toEqual([`${last.name}: run failed.`]);
});
