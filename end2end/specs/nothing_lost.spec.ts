import { addStep, hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { options: ["password", "connection:test-idp"] };

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("a script typed before the browser's code has come is kept", async ({ page, doorward }) => {
  await openConsole(page, doorward, FLOW);
  let come = () => {};
  const wait = new Promise<void>((resolve) => (come = resolve));
  await page.route("**/*.wasm", async (route) => {
    await wait;
    await route.continue();
  });
  await page.goto(`${doorward.url}${FLOW}`, { waitUntil: "commit" });
  await page.getByRole("heading", { name: "Script", exact: true }).click();
  const typed = "var onLoginRequest = function (context) {\n  nowhere();\n};";
  await page.getByRole("textbox", { name: "Script" }).fill(typed);
  come();
  await hydrated(page);
  await expect(page.getByRole("textbox", { name: "Script" })).toHaveValue(typed);
  await expect(page.getByText("Not saved yet", { exact: true })).toBeVisible();
  await expect(page.getByText("Decided in line 2 of the script.")).toBeVisible();
});

test("Back in the browser asks before changes are lost", async ({ page, doorward }) => {
  await openConsole(page, doorward, "/console/applications");
  await hydrated(page);
  await page.getByRole("link", { name: "Demo application" }).click();
  await page.getByRole("link", { name: "Sign-in flow" }).click();
  await addStep(page, "Authenticator app");
  const asked: string[] = [];
  let stay = true;
  page.on("dialog", async (dialog) => {
    asked.push(dialog.message());
    await (stay ? dialog.dismiss() : dialog.accept());
  });
  await page.evaluate(() => history.back());
  await expect(page).toHaveURL(/\/flow$/);
  await expect.poll(() => asked).toHaveLength(1);
  await expect(page.getByRole("listitem", { name: "Step 2" })).toBeVisible();
  await expect(page).toHaveURL(/\/flow$/);
  stay = false;
  await page.evaluate(() => history.back());
  await expect(page.getByRole("listitem", { name: "Step 2" })).toHaveCount(0);
  await expect(page).not.toHaveURL(/\/flow$/);
  expect(asked).toEqual(Array(2).fill("Leave this page? What you changed is not saved."));
});

test("what is typed while a save is under way waits for the next one", async ({ page, doorward }) => {
  const before = await doorward.api("GET", "/applications/demo-app");
  const name = page.getByLabel("Name", { exact: true });
  await openConsole(page, doorward, "/console/applications/demo-app");
  await hydrated(page);
  let arrives = () => {};
  const wait = new Promise<void>((resolve) => (arrives = resolve));
  await page.route("**/console/fn/applications/general", async (route) => {
    await wait;
    await route.continue();
  });
  await name.fill("Sent");
  await page.getByRole("button", { name: "Update" }).click();
  await name.fill("Typed meanwhile");
  const saved = page.waitForResponse("**/console/fn/applications/general");
  arrives();
  await saved;
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Sent");
  await expect(name).toHaveValue("Typed meanwhile");
  await expect(page.getByText("Not saved yet", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(name).toHaveValue("Sent");
  await doorward.api("PATCH", "/applications/demo-app", { name: before.body.name });
});

test("after a repair every part of the page says the same", async ({ page, doorward }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST, { options: ["totp"] }], script: null } });
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  const head = page.locator(".page-head");
  const picture = page.getByRole("region", { name: "How it runs" });
  await expect(head).toContainText("1 finding in its sign-in flow");
  await page.getByText("Turn on JIT for Test IdP", { exact: true }).click();
  const panel = page.getByRole("group", { name: "What it changes: Turn on JIT for Test IdP" });
  await panel.getByRole("button", { name: "Apply to the connection" }).click();
  await expect(head).toContainText("Everybody gets through");
  await page.getByRole("link", { name: "General" }).click();
  await page.getByRole("link", { name: "Sign-in flow" }).click();
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  await expect(picture.getByText("step 2 needs an account")).toHaveCount(0);
});

test("far below the form it is said that it is saved, where the button was pressed", async ({ page, doorward }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await page.getByRole("heading", { name: "Script", exact: true }).click();
  await page.getByLabel("Script", { exact: true }).fill("var onLoginRequest = function (context) {\n    executeStep(1);\n};");
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  await page.getByRole("button", { name: "Update" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeInViewport();
  await expect(page.locator(".savebar")).toHaveCount(0, { timeout: 10_000 });
});

test("a flow is saved beside a new name, and over another flow once that is wanted", async ({ page, doorward }) => {
  const flow = async (): Promise<unknown> => (await doorward.api("GET", "/applications/demo-app")).body.flow;
  const script = (line: string) => `var onLoginRequest = function (context) {\n    ${line}\n    executeStep(1);\n};`;
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: script("// first") } });
  const { body: before } = await doorward.api("GET", "/applications/demo-app");
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  const area = page.getByLabel("Script", { exact: true });
  await doorward.api("PATCH", "/applications/demo-app", { name: "Renamed meanwhile" });
  await area.fill(script("// beside the name"));
  await save(page);
  expect(await flow()).toMatchObject({ script: script("// beside the name") });
  expect((await doorward.api("GET", "/applications/demo-app")).body.name).toBe("Renamed meanwhile");

  await doorward.api("PATCH", "/applications/demo-app", { flow: { script: script("// theirs") } });
  await area.fill(script("// mine"));
  await page.getByRole("button", { name: "Update" }).click();
  await expect(page.getByRole("alert")).toContainText(/Last saved by the management API, (just now|\d+ minutes? ago)/);
  await expect(area).toHaveValue(script("// mine"));
  expect(await flow()).toMatchObject({ script: script("// theirs") });
  await page.getByRole("button", { name: "Save mine all the same" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect(await flow()).toMatchObject({ script: script("// mine") });
  await doorward.api("PATCH", "/applications/demo-app", { name: before.name, flow: { steps: [FIRST], script: null } });
});

test("a new secret does not hide what somebody else has saved meanwhile", async ({ page, doorward }) => {
  const made = await doorward.api("POST", "/applications", {
    handle: "rota-plan",
    name: "Rota plan",
    redirect_uris: ["https://rota.example.com/cb"],
    flow: { steps: [FIRST] },
  });
  expect(made.status).toBe(201);
  await openConsole(page, doorward, "/console/applications/rota-plan/protocol");
  await hydrated(page);
  await doorward.api("PATCH", "/applications/rota-plan", { redirect_uris: ["https://rota.example.com/other"] });
  await page.getByText("Make a new secret", { exact: true }).click();
  await page.getByRole("button", { name: "Replace the secret now" }).click();
  await expect(page.getByText("Shown this one time")).toBeVisible();
  await page.getByLabel("Required claims").fill("email");
  await page.getByRole("button", { name: "Update" }).click();
  await expect(page.getByRole("alert")).toContainText("Show the saved settings");
  const { body } = await doorward.api("GET", "/applications/rota-plan");
  expect(body.redirect_uris).toEqual(["https://rota.example.com/other"]);
});
