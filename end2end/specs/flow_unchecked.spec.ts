import { addStep, hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { steps: [{ options: ["password", "connection:test-idp"] }], script: null };
const STOPPED = "Step 2 needs an account, and people from Test IdP have none";

test.beforeEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: FIRST });
});

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: FIRST });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("a flow that cannot be checked is not called good, and is checked later", async ({ page, doorward, expectAccessible }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  const good = page.getByText("Everybody gets through this flow");
  const unchecked = page.getByText("The flow on the screen is not checked");
  await expect(good).toBeVisible();

  await page.context().setOffline(true);
  await addStep(page, "Authenticator app");
  await expect(unchecked).toBeVisible();
  await expect(good).toHaveCount(0);
  await expect(page.locator(".page-head")).toContainText("What is changed here is not checked.");
  await expect(page.getByRole("region", { name: "How it runs" })).toContainText("Not of the flow on the screen");
  await expectAccessible(page);

  await page.context().setOffline(false);
  await expect(page.getByText(STOPPED)).toBeVisible();
  await expect(unchecked).toHaveCount(0);
  await expect(page.locator(".page-head")).toContainText("With what is changed here, 1 finding in its sign-in flow.");
});

test("a refused save shows what it is refused for", async ({ page, doorward }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await addStep(page, "Authenticator app");
  await expect(page.getByRole("region", { name: "How it runs" }).locator("svg text", { hasText: "Step 2" })).toBeVisible();
  await expect(page.locator(".page-head")).toContainText("With what is changed here, everybody gets through.");
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });

  await page.getByRole("button", { name: "Update" }).click();
  await expect(page.getByText(STOPPED)).toBeVisible();
  await expect(page.getByRole("listitem", { name: "Step 2" })).toHaveAccessibleDescription("Somebody is stopped here");
  const box = page.getByRole("checkbox", { name: "Save all the same: I know that people from Test IdP cannot sign in" });
  await expect(box).toBeFocused();
  await expect(box).toHaveAttribute("aria-invalid", "true");
  await expect(box).toHaveAccessibleDescription("Nothing is saved yet. Tick this box, then save again.");
  await box.check();
  await expect(box).not.toHaveAttribute("aria-invalid", "true");
});

test("what is to be confirmed comes and goes with what waits to be saved", async ({ page, doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [...FIRST.steps, { options: ["totp"] }], script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await expect(page.getByText(STOPPED)).toBeVisible();
  const box = page.getByRole("checkbox", { name: /Save all the same/ });
  await expect(box, "nothing waits to be saved").toHaveCount(0);

  await page.getByRole("heading", { name: "Script", exact: true }).click();
  const script = page.getByRole("textbox", { name: "Script" });
  await expect(page.getByText("the one in grey runs")).toBeVisible();
  await script.fill("var onLoginRequest = function (context) {\n    executeStap(1);\n};");
  await expect(page.getByText("the one in grey runs")).toHaveCount(0);
  await expect(page.getByText("The script fails, and nobody is let through then")).toBeVisible();
  await expect(box).toBeVisible();
  await page.getByRole("button", { name: "Update" }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "needs a confirmation" });
  await expect(refusal).toBeVisible();
  await script.fill("var onLoginRequest = function (context) {\n    executeStep(1);\n};");
  await expect(refusal, "it was about another script").toHaveCount(0);
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByText(STOPPED)).toBeVisible();
  await expect(box).toHaveCount(0);
});
