import { hydrated, openConsole, save } from "../fixtures/console.ts";
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

test("a script that nobody has touched follows the steps", async ({ page, doorward }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await expect(page.getByText("generated from the steps")).toBeVisible();
  await page.getByRole("heading", { name: "Script", exact: true }).click();
  const script = page.getByRole("textbox", { name: "Script" });
  await expect(script).toHaveAttribute("placeholder", /executeStep\(1\);\n\};/);
  await page.getByRole("button", { name: "Change the generated script" }).click();
  await expect(script).toHaveValue(/executeStep\(1\);\n\};/);
  await expect(page.getByText("generated from the steps")).toBeHidden();

  await test.step("saved as it was generated, it is none", async () => {
    await save(page);
    expect((await doorward.api("GET", "/applications/demo-app")).body.flow.script).toBeNull();
    await expect(script).toHaveValue("");
  });

  await test.step("one's own gives way to it again", async () => {
    await script.fill("var onLoginRequest = function (context) { fail(); };");
    await page.getByRole("button", { name: "Generate it from the steps again" }).click();
    await expect(script).toHaveValue("");
    await expect(script).toBeFocused();
  });
});

test("a script that somebody wrote is repaired where it stands", async ({ page, doorward, expectAccessible }) => {
  const written = `// Ours.
function onLoginRequest(context) {
    executeStep(1, {
        onSuccess: function (context) {
            if (context.steps[1].idp !== 'test-ipd') {
                executeStep(3);
            }
        }
    });
}
`;
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST, { options: ["totp"] }], script: written } });
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  const script = page.getByRole("textbox", { name: "Script" });

  await test.step("a handle that is nearly right", async () => {
    await page.getByText("Write test-idp instead of test-ipd").click();
    await expect(page.getByText("The script means Test IdP, whose handle is test-idp.")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Apply to the script" }).click();
    await expect(script).toHaveValue(written.replace("test-ipd", "test-idp"));
  });

  await test.step("a step that is not there", async () => {
    // The panel of the repair before it stays until the script is checked again.
    await expect(page.getByText("Write test-idp instead of test-ipd")).toHaveCount(0);
    await page.getByText("Do not run step 3").click();
    await page.getByRole("button", { name: "Apply to the script" }).click();
    await expect(script).not.toHaveValue(/executeStep\(3\)/);
    await expect(script).toHaveValue(/^\/\/ Ours\./);
    await expect(page.getByText("Do not run step 3")).toHaveCount(0);
  });

  await test.step("a step that nobody takes goes, and the script stays", async () => {
    await page.getByText("Remove step 2 for everybody").click();
    await page.getByRole("button", { name: "Apply to the steps" }).click();
    await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
    await save(page);
    const { body } = await doorward.api("GET", "/applications/demo-app");
    expect(body.flow.steps).toEqual([FIRST]);
    expect(body.flow.script).toMatch(/^\/\/ Ours\./);
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
