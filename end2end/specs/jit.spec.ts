import { claim, signInAs } from "../fixtures/demo.ts";
import { openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const SWITCH = "Just-in-Time (JIT) User Provisioning";

test("the administrator decides whether people from a provider get an account", async ({ page, doorward, browser }) => {
  const outside = await browser.newContext();
  const person = await outside.newPage();
  const sentTo = new Map<string, string>();

  await test.step("JIT is on, with a sentence on what it does", async () => {
    await openConsole(page, doorward);
    await page.getByRole("link", { name: "Connections" }).first().click();
    await page.getByRole("link", { name: "Test IdP" }).click();
    await page.getByRole("link", { name: "Advanced" }).click();
    await expect(page.getByRole("checkbox", { name: SWITCH })).toBeChecked();
    await expect(page.getByText("an account is made for them from the provider's claims")).toBeVisible();
  });

  await test.step("a person signs in and has an account", async () => {
    await signInAs(person, doorward, "night.porter");
    sentTo.set("night.porter", await claim(person, "sub"));
    await expect(person.locator('[data-claim="email"]')).toHaveText("night.porter@example.com");
  });

  await test.step("the account tells where it comes from", async () => {
    await page.getByRole("link", { name: "Users" }).first().click();
    await page.getByRole("link", { name: /night\.porter/ }).first().click();
    await expect(page.getByText("night.porter@example.com").first()).toBeVisible();
    await expect(page.getByText("Test IdP").first()).toBeVisible();
    await expect(page.getByText("test-name-night.porter")).toBeVisible();
  });

  await test.step("JIT is switched off", async () => {
    await setJit(page, doorward.url, false);
  });

  await test.step("a new person gets through, and nothing of them is kept", async () => {
    const fresh = await browser.newContext();
    const visitor = await fresh.newPage();
    await signInAs(visitor, doorward, "day.visitor");
    await expect(visitor.locator('[data-claim="email"]')).toHaveText("day.visitor@example.com");
    sentTo.set("day.visitor", await claim(visitor, "sub"));
    const { body } = await doorward.api("GET", "/users?q=day.visitor");
    expect(body.items).toEqual([]);
    await fresh.close();
  });

  await test.step("JIT is on again: the same person gets the account, under the same sub", async () => {
    await setJit(page, doorward.url, true);
    const fresh = await browser.newContext();
    const visitor = await fresh.newPage();
    await signInAs(visitor, doorward, "day.visitor");
    expect(await claim(visitor, "sub")).toBe(sentTo.get("day.visitor"));
    const { body } = await doorward.api("GET", "/users?q=day.visitor");
    expect(body.items).toHaveLength(1);
    expect(body.items[0].sub).toBe(sentTo.get("day.visitor"));
    await fresh.close();
  });
  await outside.close();
});

async function setJit(page: import("@playwright/test").Page, url: string, on: boolean): Promise<void> {
  await page.goto(`${url}/console/connections/test-idp/advanced`);
  await page.getByRole("checkbox", { name: SWITCH }).setChecked(on);
  await save(page);
  await page.reload();
  await expect(page.getByRole("checkbox", { name: SWITCH })).toBeChecked({ checked: on });
}
