// Measures the main thread's work for 20 updates a second.

import type { CDPSession } from "@playwright/test";
import { Dashboard, expect, test } from "../fixtures.ts";

/** Updates of the open row in a second: each of these runs is queued, begins and ends. */
const RUNS_A_SECOND = 7;
const SECONDS = 20;

/** Work of the page's main thread so far, in seconds. */
async function metrics(session: CDPSession): Promise<Record<string, number>> {
  const { metrics } = await session.send("Performance.getMetrics");
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

test("what 20 updates a second cost the page", async ({ page, open, agents }) => {
  test.setTimeout(120_000);
  const { id, name } = await agents.create("demo/quick", "Busy", { max_concurrent_runs: 10 });
  await agents.runsToEnd(id, 20);
  await open(`/?agent=${id}`);
  const dashboard = new Dashboard(page);
  await expect(dashboard.runs(name)).toHaveCount(5);
  await page.evaluate(() => {
    const seen = { shifts: 0, longest: 0 };
    Object.assign(window, { seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shifts += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: "layout-shift" });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.longest = Math.max(seen.longest, entry.duration);
    }).observe({ type: "longtask" });
  });
  let updates = 0;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.webSocketFrameReceived", ({ response }) => {
    if (response.payloadData.includes('"type":"run_update"')) updates += 1;
  });
  // The time of the processor, not of the clock: other programs may be at work.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const [before, begun] = [await metrics(session), Date.now()];
  const runs: Promise<unknown>[] = [];
  for (let n = 0; n < RUNS_A_SECOND * SECONDS; n += 1) {
    const due = begun + (n * 1000) / RUNS_A_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - Date.now())));
    runs.push(agents.run(id));
  }
  await Promise.all(runs);
  const [after, took] = [await metrics(session), (Date.now() - begun) / 1000];
  const seen = await page.evaluate(() => (window as unknown as { seen: { shifts: number; longest: number } }).seen);
  const share = (name: string) => `${(((after[name]! - before[name]!) / took) * 100).toFixed(2)} %`;
  console.log(`  ${(updates / took).toFixed(1)} updates a second for ${took.toFixed(1)} s`);
  console.log(`  main thread ${share("TaskDuration")} of one core, of it`);
  console.log(`    script ${share("ScriptDuration")}, layout ${share("LayoutDuration")}, style ${share("RecalcStyleDuration")}`);
  console.log(`  layout shift ${seen.shifts.toFixed(4)}, longest task ${seen.longest || "under 50"} ms`);
});
