// Measures the time from a change of a run to its painted row.

import { Dashboard, expect, test } from "../fixtures.ts";

const RUNS = 40;
/** Between two runs, in milliseconds: what comes faster than a few times a second is shown together. */
const PAUSE = 1_500;
/** The field of a run with the time at which its row should have begun to say so. */
const FIELDS = { Queued: "queued_at", Running: "started_at", Success: "finished_at" } as const;

interface Painted {
  run: number;
  word: keyof typeof FIELDS;
  at: number;
}

/** The number of milliseconds that a share of them does not exceed. */
function percentile(times: number[], share: number): string {
  const sorted = times.toSorted((a, b) => a - b);
  return `${sorted[Math.ceil(sorted.length * share) - 1]!.toFixed(0)} ms`;
}

test("how long a change of a run takes until its row is painted", async ({ page, open, agents, request }) => {
  test.setTimeout(300_000);
  const { id, name } = await agents.create("demo/tools", "Watched");
  await agents.runsToEnd(id, 5);
  await open(`/?agent=${id}`);
  await expect(new Dashboard(page).runs(name)).toHaveCount(5);

  // The first frame that shows each word. A task that a frame's callback posts runs once that frame is drawn. The page's
  // clock is the server's: both are on this machine.
  await page.evaluate(() => {
    const painted: { run: number; word: string; at: number }[] = [];
    const known = new Map<string, string>();
    const look = () => {
      for (const row of document.querySelectorAll<HTMLElement>("tr[data-run]")) {
        const run = row.dataset.run!;
        const word = row.querySelector("a")!.getAttribute("aria-label")!.split(":")[0]!;
        if (known.get(run) === word) continue;
        known.set(run, word);
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => painted.push({ run: Number(run), word, at: performance.timeOrigin + performance.now() });
          port2.postMessage(0);
        });
      }
    };
    look();
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    Object.assign(window, { painted });
  });
  const runs: number[] = [];
  for (let n = 0; n < RUNS; n += 1) {
    runs.push(...(await agents.runsToEnd(id, 1)));
    await page.waitForTimeout(PAUSE);
  }

  const painted = await page.evaluate(() => (window as unknown as { painted: Painted[] }).painted);
  const took: Record<string, number[]> = { Queued: [], Running: [], Success: [] };
  for (const run of runs) {
    const times = await (await request.get(`/api/runs/${run}`)).json();
    for (const seen of painted.filter((seen) => seen.run === run)) {
      took[seen.word]!.push(seen.at - Date.parse(times[FIELDS[seen.word]]));
    }
  }
  for (const [word, times] of Object.entries({ ...took, all: Object.values(took).flat() })) {
    console.log(`  ${word}: ${times.length} painted, p50 ${percentile(times, 0.5)}, p95 ${percentile(times, 0.95)}`);
  }
});
