// Takes the README's pictures of the dashboard, in both themes.

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { APIRequestContext } from "@playwright/test";
import { Dashboard, expect, hydrated, status, test as base } from "../fixtures.ts";
import { Server } from "../server.ts";

// With a provider, as in use: without one the page says how to connect it.
const test = base.extend<object, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = await Server.start({ OLLAMA_HOST: "http://127.0.0.1:11434" });
      await use(server);
      await server.close();
    },
    { scope: "worker" },
  ],
});

const docs = join(fileURLToPath(new URL(".", import.meta.url)), "../../docs");

async function create(request: APIRequestContext, name: string, description: string, model: string, more = {}) {
  const response = await request.post("/api/agents", { data: { name, description, model, ...more } });
  return (await response.json()).id as number;
}

/** Agents as somebody might have them, on the demo models; the examples make room. */
async function agents(request: APIRequestContext) {
  for (const { id } of await (await request.get("/api/agents")).json()) await request.delete(`/api/agents/${id}`);
  return {
    triage: await create(request, "Support triage", "Labels new tickets and drafts a first reply", "demo/slow"),
    uptime: await create(request, "Uptime reporter", "Summarises probe results and open incidents", "demo/quick", { schedule: "*/15 * * * *" }),
    invoices: await create(request, "Invoice matcher", "Matches bank statement lines to open invoices", "demo/flaky"),
    audit: await create(request, "Dependency audit", "Checks lockfiles against advisories", "demo/quick", { schedule: "0 2 * * *", time_zone: "Europe/Berlin" }),
    notes: await create(request, "Release notes", "Drafts notes from what was merged", "demo/stall", { timeout_s: 2 }),
    links: await create(request, "Docs link checker", "Finds broken links and missing anchors", "demo/quick", { schedule: "@daily", paused: true }),
  };
}

test("the dashboard, light and dark", async ({ page, request, agents: api }) => {
  test.setTimeout(120_000);
  const ids = await agents(request);
  for (const [agent, runs] of [[ids.uptime, 20], [ids.audit, 12], [ids.links, 5]] as const) {
    for (let n = 0; n < runs; n += 1) await api.runToEnd(agent, "success");
  }
  await api.runToEnd(ids.notes, "failed");
  for (let n = 0; n < 3; n += 1) {
    const run = await api.runToEnd(ids.invoices, "failed");
    if (n < 2) await request.post(`/api/runs/${run}/retry`);
  }
  const first = await api.run(ids.triage);
  await expect.poll(() => api.runStatus(first), { timeout: 40_000 }).toBe("success");
  const stopped = await api.run(ids.triage);
  await expect.poll(() => api.runStatus(stopped)).toBe("running");
  await request.post(`/api/runs/${stopped}/stop`);
  await expect.poll(() => api.runStatus(stopped)).toBe("cancelled");
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(`/?agent=${ids.triage}`);
  await hydrated(page);
  const dashboard = new Dashboard(page);
  await dashboard.runNow("Support triage").click();
  await expect(dashboard.runs("Support triage").first().getByRole("timer")).toHaveText(/^[3-9] s$/);
  await expect(status(dashboard.runs("Support triage").first(), "Running")).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).click();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(docs, `dashboard-${colorScheme}.png`) });
  }
});
