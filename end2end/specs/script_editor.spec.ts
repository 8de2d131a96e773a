import { hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { options: ["password", "connection:test-idp"] };

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
});

test("the editor colours a script and completes what it knows", async ({ page, doorward, expectAccessible }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await page.getByRole("heading", { name: "Script", exact: true }).click();
  const script = page.getByRole("textbox", { name: "Script" });

  await test.step("a name is completed with the keyboard", async () => {
    await script.pressSequentially("var onLoginRequest = function (context) { exec");
    const offered = page.getByRole("listbox", { name: "Suggestions" });
    await expect(offered.getByRole("option", { name: "executeStep" })).toBeVisible();
    await expectAccessible(page);
    await script.press("ArrowDown");
    await script.press("Enter");
    await expect(script).toHaveValue(/\{ executeStep$/);
    await expect(offered).toBeHidden();
    await script.pressSequentially("(1, { onSuccess: function (context) { if (context.steps[1].idp === 'test");
    await expect(offered.getByRole("option", { name: "test-idp" })).toBeVisible();
    await script.press("Escape");
    await expect(offered).toBeHidden();
    await script.pressSequentially("-idp') { Log.info('seen'); } } }); };");
    await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  });

  await test.step("the coloured text is the text", async () => {
    await expect(page.locator(".script-colours")).toHaveText(await script.inputValue());
    await expect(page.locator(".script-colours span").first()).toHaveText("var");
  });
});

test("a script uses a secret that is never shown again", async ({ page, doorward }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);

  await test.step("a script that names a secret which is not there is stopped before it is saved", async () => {
    await page.getByRole("heading", { name: "Script", exact: true }).click();
    await page
      .getByRole("textbox", { name: "Script" })
      .fill("var onLoginRequest = function (context) {\n    executeStep(1);\n    getMaskedValue(secrets.RISK_KEY);\n};");
    await expect(page.getByText("Decided in line 3 of the script.")).toBeVisible();
  });

  await test.step("it is set, and the warning goes", async () => {
    await page.getByLabel("Name of the secret").fill("RISK_KEY");
    await page.getByLabel("Value of the secret").fill("long enough to be a key");
    await page.getByRole("button", { name: "Set the secret" }).click();
    await expect(page.getByRole("heading", { name: "secrets.RISK_KEY" })).toBeVisible();
    await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
    await expect(page.getByLabel("Value of the secret")).toHaveValue("");
    await page.reload();
    await expect(page.getByRole("heading", { name: "secrets.RISK_KEY" })).toBeVisible();
    expect(await page.content()).not.toContain("long enough to be a key");
  });

  await test.step("it is removed", async () => {
    await hydrated(page);
    await page.getByText("Remove", { exact: true }).click();
    await expect(page.getByText("A script that names it lets nobody through")).toBeVisible();
    await page.getByRole("button", { name: "Remove now" }).click();
    await expect(page.getByText("None yet.", { exact: true })).toBeVisible();
  });
});
