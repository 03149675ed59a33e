// The page of an agent that is not there.

import { expect, expectAccessible, test } from "../fixtures.ts";

const addresses = [
  ["/?agent=999999", "There is no agent #999999."],
  ["/?agent=abc", "“abc” is no agent's number."],
] as const;

for (const [address, sentence] of addresses) {
  test(`${address} says that there is none`, async ({ page, open, agents }) => {
    await agents.create("demo/quick");
    await open(address);
    await expect(page.getByRole("status").filter({ hasText: sentence })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: "Dismiss" }).click();
    await expect(page.getByText(sentence)).toBeHidden();
    await expect(page).toHaveURL(/\/$/);
    await expect(page.getByRole("heading", { name: "Agents" }), "the focus is not lost").toBeFocused();
  });
}

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  for (const [address, sentence] of addresses) {
    test(`${address} says that there is none, without JavaScript`, async ({ page, agents }) => {
      await agents.create("demo/quick");
      await page.goto(address);
      await expect(page.getByText(sentence)).toBeVisible();
      await expect(page.getByRole("table", { name: "Agents" })).toBeVisible();
    });
  }
});
