import type { Locator, Page } from "@playwright/test";

import { hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { options: ["password", "connection:test-idp"] };

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
});

async function openTemplates(page: Page): Promise<Locator> {
  await page.getByRole("heading", { name: "Script", exact: true }).click();
  await page.getByText("Start from a template").click();
  return page.getByRole("group", { name: "Template" });
}

test("a script is made from a template and saved", async ({ page, doorward, expectAccessible }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST, { options: ["totp"] }], script: null } });
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  const template = await openTemplates(page);

  await test.step("nothing is made before the fields are filled in", async () => {
    await expect(template.getByText("Choose at least one way to sign in.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Apply to the script" })).toHaveCount(0);
  });

  await test.step("the script is shown as it will be", async () => {
    await template.getByRole("checkbox", { name: "Password" }).check();
    await expect(page.getByText("var signInOptions = ['LOCAL'];")).toBeVisible();
    await template.getByLabel("Template", { exact: true }).selectOption("By group");
    await template.getByLabel("Groups", { exact: true }).fill("staff\nit's </script>");
    await expect(page.getByText("var groups = ['staff', 'it\\'s <\\/script>'];")).toBeVisible();
    await template.getByLabel("What membership does").selectOption("Everybody but members is asked for the step");
    await expect(page.getByText("if (!isMemberOfAnyOfGroups(context.currentKnownSubject, groups)) {")).toBeVisible();
    await expectAccessible(page);
    await expect(page.getByLabel("Script", { exact: true })).toHaveValue("");
  });

  await test.step("it is applied, analysed and saved", async () => {
    await page.getByRole("button", { name: "Apply to the script" }).click();
    await expect(page.getByLabel("Script", { exact: true })).toHaveValue(/isMemberOfAnyOfGroups/);
    await save(page);
    const { body } = await doorward.api("GET", "/applications/demo-app");
    expect(body.flow.script).toContain("var groups = ['staff', 'it\\'s <\\/script>'];");
  });

  await test.step("another one says that it replaces it", async () => {
    await template.getByLabel("Template", { exact: true }).selectOption("By network");
    await template.getByLabel("Networks you know").fill("office");
    await expect(template.getByText("Enter ranges such as 203.0.113.0/24")).toBeVisible();
    await template.getByLabel("Networks you know").fill("203.0.113.0/24");
    await expect(page.getByText("It takes the place of the one there is.")).toBeVisible();
    await expect(page.getByText("['203.0.113.0', '203.0.113.255'], // 203.0.113.0/24")).toBeVisible();
  });
});

test("a template about a later step wants one first", async ({ page, doorward }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  const template = await openTemplates(page);
  await expect(page.getByText("Add a second step, then choose what it asks for.")).toBeVisible();
  await template.getByLabel("Template", { exact: true }).selectOption("By age");
  await expect(page.getByText("var yearsRequired = 18;")).toBeVisible();
  await template.getByLabel("Youngest age in years").fill("200");
  await expect(template.getByText("Enter a whole number from 1 to 120.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Apply to the script" })).toHaveCount(0);
});
