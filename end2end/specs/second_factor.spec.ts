import { made } from "../fixtures/arranged.ts";
import { addStep, hydrated, openConsole, save } from "../fixtures/console.ts";
import { signInAs } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { arrive, comesWithPassword, newPerson, PASSWORD, setUpApp } from "../fixtures/person.ts";

const SWITCH = "Just-in-Time (JIT) User Provisioning";
const FLOW = "/console/applications/demo-app/flow";

test.afterEach(async ({ doorward }) => {
  const steps = [{ options: ["password", "connection:test-idp"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps, script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("a warning says who breaks before it is saved, and a repair mends it", async ({ page, doorward, browser, expectAccessible }) => {
  await test.step("two people came in the last days: one with an account, one without", async () => {
    for (const [name, enabled] of [["passing.guest", false], ["steady.guest", true]] as const) {
      await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled } });
      const person = await newPerson(browser);
      await signInAs(person, doorward, name);
      await person.context().close();
    }
  });

  await test.step("the application asks for a second factor", async () => {
    await openConsole(page, doorward, FLOW);
    await hydrated(page);
    await addStep(page, "Authenticator app");
    await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
    await save(page);
  });

  await test.step("before JIT is switched off, the tab says which application breaks", async () => {
    await page.goto(`${doorward.url}/console/connections/test-idp/advanced`);
    await hydrated(page);
    await page.getByRole("checkbox", { name: SWITCH }).uncheck();
    await expect(page.getByText("1 application will refuse people from Test IdP", { exact: true })).toBeVisible();
    await expect(page.getByRole("link", { name: "Demo application" }).first()).toBeVisible();
    const { body } = await doorward.api("PATCH", "/connections/test-idp?dry_run=true", { jit: { enabled: false } });
    const { people_30_days: all, linked_30_days: linked } = body.findings[0].affected;
    expect([linked > 0, all > linked], "both kinds of people came").toEqual([true, true]);
    const refused = all - linked;
    await expect(page.getByText(`${all} people signed in to it through Test IdP in the last 30 days; ${linked} ${linked === 1 ? "is" : "are"} linked`)).toBeVisible();
    const confirm = page.getByRole("checkbox", { name: "I know that 1 application will refuse people from Test IdP" });
    await expect(confirm).toHaveAccessibleName(new RegExp(`among them ${refused} who came in the last 30 days`));
    await confirm.check();
    await save(page);
  });

  await test.step("a person from there gets the plain page", async () => {
    const person = await newPerson(browser);
    await arrive(person, doorward, "late.arrival");
    await expect(person.getByText("1206")).toBeVisible();
    await expectAccessible(person);
    await person.context().close();
  });

  await test.step("whoever has an account from before goes on", async () => {
    const person = await newPerson(browser);
    await arrive(person, doorward, "steady.guest");
    await expect(person.getByRole("heading", { name: "Set up your authenticator app" })).toBeVisible();
    await person.context().close();
  });

  await test.step("the editor tells the story, and the repair shows what it changes", async () => {
    await page.goto(`${doorward.url}${FLOW}`);
    await hydrated(page);
    await expect(page.getByText("Step 2 needs an account, and people from Test IdP have none")).toBeVisible();
    await page.getByText("Skip step 2 for people from Test IdP", { exact: true }).click();
    const panel = page.getByRole("group", { name: "What it changes: Skip step 2 for people from Test IdP" });
    await expect(panel.getByText("context.steps[1].idp !== 'test-idp'")).toBeVisible();
    // Whoever has an account could have passed the step.
    await expect(panel.getByText(/linked (person|people) from Test IdP, who came in the last 30 days, (is|are) no longer asked either/)).toBeVisible();
    await expect(page.getByText("Found then")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Apply to the script" }).click();
    await expect(page.getByText("Step 2 needs an account, and people")).toHaveCount(0);
    await expect(page.getByText("Nobody from Test IdP is asked for step 2")).toBeVisible();
    await save(page);
    await page.reload();
    await expect(page.getByLabel("Script", { exact: true })).toHaveValue(/idp !== 'test-idp'/);
  });

  await test.step("the person signs in with one factor", async () => {
    const person = await newPerson(browser);
    await arrive(person, doorward, "late.arrival");
    await expect(person.getByText("You are signed in as")).toBeVisible();
    await person.context().close();
  });

  await test.step("a local person is still asked", async () => {
    const person = await comesWithPassword(browser, doorward);
    await expect(person.getByRole("heading", { name: "Set up your authenticator app" })).toBeVisible();
    await person.context().close();
  });
});

test("a person sets up an app, and each of its codes is taken once", async ({ doorward, browser, expectAccessible }) => {
  const steps = [{ options: ["password"] }, { options: ["totp"] }];
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps } });
  await made(doorward, "/users", { username: "gate.keeper", password: PASSWORD });
  const person = await comesWithPassword(browser, doorward, "gate.keeper");
  await expect(person.getByRole("heading", { name: "Set up your authenticator app" })).toBeVisible();
  await expectAccessible(person);
  const { code } = await setUpApp(person);
  await expect(person.getByText("You are signed in as")).toBeVisible();
  await person.context().close();

  const again = await comesWithPassword(browser, doorward, "gate.keeper");
  await expect(again.getByRole("heading", { name: "Confirm it is you" })).toBeVisible();
  await again.getByLabel("Six-digit code").fill(code);
  await again.getByRole("button", { name: "Confirm" }).click();
  await expect(again.getByText("This code has been used")).toBeVisible();
  await again.context().close();
});

test("a mistake in the script is said at its line while it is typed", async ({ page, doorward }) => {
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await page.getByRole("heading", { name: "Script", exact: true }).click();
  const script = page.getByRole("textbox", { name: "Script" });
  await script.fill("var onLoginRequest = function (context) {\n    executeStep(7);\n};");
  await expect(page.getByText("The script runs step 7, which is not there")).toBeVisible();
  await expect(page.getByText("Decided in line 2 of the script.")).toBeVisible();
  await script.fill("var onLoginRequest = function (context) {\n    executeStap(1);\n};");
  await expect(page.getByText("The script fails, and nobody is let through then")).toBeVisible();
});

test("JIT is turned on beside the warning", async ({ page, doorward }) => {
  const steps = [{ options: ["password", "connection:test-idp"] }, { options: ["totp"] }];
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  const { body } = await doorward.api("PATCH", "/applications/demo-app", { flow: { steps } });
  expect(body.findings[0].code).toBe("jit-off-factor");
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await page.getByText("Turn on JIT for Test IdP", { exact: true }).click();
  await page.getByRole("button", { name: "Apply to the connection" }).click();
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  const saved = await doorward.api("GET", "/connections/test-idp");
  expect(saved.body.jit.enabled).toBe(true);
});
