import { addStep, hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { options: ["password", "connection:test-idp"] };

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("the flow is drawn as it runs, and follows what is edited", async ({ page, doorward, expectAccessible }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
  await openConsole(page, doorward, FLOW);
  const picture = page.getByRole("region", { name: "How it runs" });

  await test.step("the page brings the picture and its list", async () => {
    await expect(picture.locator("svg text", { hasText: "Signed in" })).toBeVisible();
    await picture.getByText("Show as a list").click();
    await expect(picture.getByRole("listitem").filter({ hasText: "A password or Test IdP: Signed in" }).last()).toBeVisible();
  });

  await test.step("a step that stops people is marked in words", async () => {
    await hydrated(page);
    await addStep(page, "Authenticator app");
    await expect(picture.getByText("Test IdP: Stopped: step 2 needs an account")).toBeVisible();
    await expect(picture.locator("svg text", { hasText: "step 2 needs an account" })).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("a script draws its own branches", async () => {
    await page.getByRole("heading", { name: "Script", exact: true }).click();
    await page
      .getByLabel("Script", { exact: true })
      .fill(
        "var onLoginRequest = function (context) {\n  executeStep(1, {onSuccess: function (context) {\n" +
          "    if (context.steps[1].idp === 'LOCAL') { executeStep(2); }\n  }});\n};",
      );
    await expect(picture.getByRole("listitem").filter({ hasText: "Test IdP: Signed in" }).last()).toBeVisible();
    await expect(picture.getByText("step 2 needs an account")).toHaveCount(0);
  });

  await test.step("on a phone the drawing scrolls inside its card", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wider).toBe(false);
  });
});
