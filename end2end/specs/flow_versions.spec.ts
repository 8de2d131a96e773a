import { addStep, hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { steps: [{ options: ["password", "connection:test-idp"] }], script: null };
const SCRIPT = "var onLoginRequest = function (context) {\n    executeStep(1);\n};";

test.beforeEach(async ({ doorward }) => {
  const second = { steps: [...FIRST.steps, { options: ["totp"] }], script: SCRIPT };
  await doorward.api("PATCH", "/applications/demo-app", { flow: FIRST });
  await doorward.api("PATCH", "/applications/demo-app", { flow: second });
});

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: FIRST });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("an earlier sign-in flow is compared and restored", async ({ page, doorward, expectAccessible }) => {
  const failures: Error[] = [];
  page.on("pageerror", (error) => failures.push(error));
  await openConsole(page, doorward, FLOW);
  await hydrated(page);

  await test.step("the list says who saved what, and when", async () => {
    await page.getByRole("link", { name: "Versions" }).click();
    await expect(page).toHaveURL(/\/flow\/versions$/);
    await expect(page.getByText("The last 50 are kept")).toBeVisible();
    const newest = page.getByRole("row").nth(1);
    await expect(newest.getByText("In use")).toBeVisible();
    await expect(newest.getByRole("cell", { name: "Management API" })).toBeVisible();
    await expect(newest.getByRole("cell", { name: "Steps and script" })).toBeVisible();
    await expect(newest.getByText("2 steps, 3 lines of script")).toBeVisible();
    await expect(newest.locator("time")).toHaveText(/just now|minute/);
    await expect(newest.locator("time")).toHaveAttribute("title", /UTC/);
    await expectAccessible(page);
  });

  await test.step("a version says what restoring it changes", async () => {
    await page.getByRole("row").nth(2).getByRole("link", { name: /^Version \d+$/ }).click();
    await expect(page).toHaveURL(/\/flow\/versions\/\d+$/);
    const steps = page.getByRole("region", { name: "Steps" });
    await expect(steps.getByRole("listitem").filter({ hasText: "removed: Step 2: Authenticator app" })).toBeVisible();
    await expect(steps.getByRole("listitem").filter({ hasText: "Step 1: Password or Test IdP" })).toBeVisible();
    const script = page.getByRole("region", { name: "Script" });
    await expect(script.getByRole("listitem").filter({ hasText: "removed:" })).toHaveCount(3);
    await script.getByRole("list", { name: "What changes, line by line" }).focus();
    await expect(script.getByRole("list"), "long lines scroll by keyboard").toBeFocused();
    await expectAccessible(page);
  });

  await test.step("the editor shows it, and saves nothing before it is told to", async () => {
    await page.getByRole("link", { name: "Restore in the editor" }).click();
    await expect(page.getByText("is on the screen, not saved yet")).toBeVisible();
    await expect(page.getByRole("listitem", { name: "Step 1" })).toBeVisible();
    await expect(page.getByRole("listitem", { name: "Step 2" })).toHaveCount(0);
    await expect(page.getByText("not saved", { exact: false }).first()).toBeVisible();
    await expect(page.locator(".page-head")).toContainText("With what is changed here, everybody gets through.");
    await expect(page.locator(".page-head")).toContainText("The flow in use has 2 steps");
    await expectAccessible(page);
    const { body } = await doorward.api("GET", "/applications/demo-app");
    expect(body.flow.steps).toHaveLength(2);
  });

  await test.step("saving it makes it the one in use", async () => {
    await save(page);
    await expect(page).toHaveURL(/\/flow$/);
    await expect(page.locator(".page-head")).not.toContainText("With what is changed here");
    await expect(page.getByText("is on the screen, not saved yet")).toHaveCount(0);
    const { body } = await doorward.api("GET", "/applications/demo-app");
    expect(body.flow).toEqual(FIRST);
  });

  await test.step("the editor goes on, with the flow that is in use now", async () => {
    await addStep(page, "Authenticator app");
    await expect(page.getByRole("listitem", { name: "Step 2" })).toContainText("Authenticator app");
    await expect(page.locator(".page-head")).toContainText("With what is changed here");
    await page.getByRole("button", { name: "Discard" }).click();
    await expect(page.getByRole("listitem", { name: "Step 2" })).toHaveCount(0);
    expect(failures).toEqual([]);
    await page.goto(`${doorward.url}${FLOW}/versions`);
    const newest = page.getByRole("row").nth(1);
    await expect(newest.getByText("In use")).toBeVisible();
    await expect(newest.getByRole("cell", { name: "Management API" })).toHaveCount(0);
  });
});

test("discarding goes back to the flow in use", async ({ page, doorward }) => {
  const { body } = await doorward.api("GET", "/applications/demo-app/flow-versions");
  const earlier = body.items.find((one: { flow: { steps: unknown[] } }) => one.flow.steps.length === 1);
  await openConsole(page, doorward, `${FLOW}?restore=${earlier.version}`);
  await hydrated(page);
  await expect(page.getByLabel("Script", { exact: true })).toHaveValue("");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("listitem", { name: "Step 2" })).toBeVisible();
  await expect(page.getByLabel("Script", { exact: true })).toHaveValue(SCRIPT);
  await expect(page.getByText("is on the screen, not saved yet")).toHaveCount(0);
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole("listitem", { name: "Step 2" }), "nor does it come back").toBeVisible();
  await expect(page.getByText("is on the screen, not saved yet")).toHaveCount(0);
});

test("a version that stops people now is told before it is saved", async ({ page, doorward }) => {
  const stops = { steps: [...FIRST.steps, { options: ["totp"] }], script: null };
  await doorward.api("PATCH", "/applications/demo-app", { flow: stops });
  await doorward.api("PATCH", "/applications/demo-app", { flow: FIRST });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  const { body } = await doorward.api("GET", "/applications/demo-app/flow-versions");
  await openConsole(page, doorward, `${FLOW}/versions/${body.items[1].version}`);
  await page.getByRole("link", { name: "Restore in the editor" }).click();
  await expect(page.getByText("Step 2 needs an account, and people from Test IdP have none")).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /Save all the same/ })).toBeVisible();
  await expect(page.locator(".page-head")).toContainText("With what is changed here, 1 finding in its sign-in flow.");
});

test.describe("before the browser's code has loaded", () => {
  test.use({ javaScriptEnabled: false });

  test("an earlier flow is restored", async ({ page, doorward }) => {
    const { body } = await doorward.api("GET", "/applications/demo-app/flow-versions");
    await openConsole(page, doorward, `${FLOW}/versions/${body.items[1].version}`);
    await page.getByRole("link", { name: "Restore in the editor" }).click();
    await expect(page.locator(".page-head")).toContainText("With what is changed here");
    await save(page);
    const saved = await doorward.api("GET", "/applications/demo-app");
    expect(saved.body.flow).toEqual(FIRST);
  });
});
