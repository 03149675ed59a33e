// The number and order of each page's requests.

import type { Page, Request } from "@playwright/test";
import { Chats } from "../chat.ts";
import { expect, hydrated, test, type Agents } from "../fixtures.ts";

/** The pages, each by its address. */
const pages: [string, (agents: Agents, chats: Chats) => Promise<string>][] = [
  ["dashboard", async (agents) => `/?agent=${(await agents.create("demo/quick", "Requested")).id}`],
  ["new agent", async () => "/agents/new"],
  ["import", async () => "/agents/import"],
  ["select", async (agents) => `/agents/select?q=${(await agents.create("demo/quick", "Requested")).id}`],
  ["agent", async (agents) => `/agents/${(await agents.create("demo/quick", "Requested")).id}`],
  ["settings", async (agents) => `/agents/${(await agents.create("demo/quick", "Requested")).id}/settings`],
  ["versions", async (agents) => `/agents/${(await agents.create("demo/quick", "Requested")).id}/versions`],
  ["hooks", async (agents) => `/agents/${(await agents.create("demo/quick", "Requested")).id}/hooks`],
  ["analytics", async () => "/analytics"],
  ["runs", async () => "/runs"],
  [
    "compare",
    async (agents) => {
      const { id } = await agents.create("demo/quick", "Requested");
      const [a, b] = [await agents.runToEnd(id, "success"), await agents.runToEnd(id, "success")];
      return `/runs/compare?a=${b}&b=${a}`;
    },
  ],
  [
    "run",
    async (agents) => {
      const { id } = await agents.create("demo/quick", "Requested");
      return `/runs/${await agents.runToEnd(id, "success")}`;
    },
  ],
  [
    "run as JSON",
    async (agents) => {
      const { id } = await agents.create("demo/quick", "Requested");
      return `/runs/${await agents.runToEnd(id, "success")}/raw`;
    },
  ],
  [
    "chat",
    async (agents, chats) => {
      const { id } = await agents.create("demo/quick", "Requested");
      return `/agents/${id}/chat/${await chats.create(id)}`;
    },
  ],
];

const ICON = "/favicon.svg";

/** Notes the paths of what a page requests, with its icon, whose request the browser keeps to itself. */
function noting(page: Page): string[] {
  const paths = [ICON];
  page.on("request", (request: Request) => {
    const { pathname } = new URL(request.url());
    if (pathname !== ICON) paths.push(pathname);
  });
  return paths;
}

/** The names of the files of compiled code among these paths, in any order. */
const code = (paths: string[]) =>
  paths
    .filter((path) => /^\/pkg\/.*\.(js|wasm)$/.test(path))
    .map((path) => path.slice(path.lastIndexOf("/") + 1))
    .toSorted();

for (const [name, address] of pages) {
  test(`${name}: at most eight requests, none of them twice`, async ({ page, agents, request }) => {
    const path = await address(agents, new Chats(request));
    const paths = noting(page);
    await page.goto(path);
    await hydrated(page);
    await expect(page.getByRole("banner").getByRole("status")).toHaveText("Live");
    expect(new Set(paths).size, paths.join("\n")).toBe(paths.length);
    expect(paths.length, paths.join("\n")).toBeLessThanOrEqual(8);
  });
}

test("all code of a page is requested at once", async ({ page, agents }) => {
  const { id } = await agents.create("demo/quick", "At once");
  const run = await agents.runToEnd(id, "success");
  const paths = noting(page);
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  // There is no response, so nothing can be found out from one.
  await page.route("**/pkg/**/*.{js,wasm}", async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(`/runs/${run}`, { waitUntil: "commit" });
  const all = ["runboard.js", "runboard.wasm", "split_run.wasm"];
  await expect.poll(() => code(paths)).toEqual(all);
  release();
  await hydrated(page);
  expect(code(paths), "what is there is used").toEqual(all);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  for (const [name, address] of pages) {
    test(`${name}: no code is requested`, async ({ page, agents, request }) => {
      const path = await address(agents, new Chats(request));
      const paths = noting(page);
      await page.goto(path, { waitUntil: "networkidle" });
      await expect(page.getByRole("main")).toBeVisible();
      expect(code(paths)).toEqual([]);
      expect(paths.length, paths.join("\n")).toBeLessThanOrEqual(4);
    });
  }
});
