import type { Browser, Page } from "@playwright/test";

import { fresh } from "../fixtures/arranged.ts";
import { addStep, hydrated, openConsole, save } from "../fixtures/console.ts";
import { signInAs } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { arrive, comesWithPassword, newPerson, setUpApp } from "../fixtures/person.ts";
import type { DoorwardServer } from "../fixtures/server.ts";

// The story of `second_factor.spec.ts` from its start, with the other ways out of it.

const FLOW = "/console/applications/demo-app/flow";
const FIRST = { options: ["password", "connection:test-idp"] };
const WARNING = "Step 2 needs an account, and people from Test IdP have none";

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
});

test("turning JIT on again makes the account before the second step asks for it", async ({ page, doorward, browser }) => {
  const name = fresh("late.starter");
  await breaks(page, doorward, browser, name);
  await repair(page, "Turn on JIT for Test IdP", "Apply to the connection");
  expect((await doorward.api("GET", "/connections/test-idp")).body.jit.enabled).toBe(true);

  await test.step("the person gets an account, and sets up an app", async () => {
    const person = await newPerson(browser);
    await arrive(person, doorward, name);
    await setUpApp(person);
    await expect(person.getByText("You are signed in as")).toBeVisible();
    await person.context().close();
    const { body } = await doorward.api("GET", `/users/${name}@example.com`);
    expect(body.factors.map((factor: { kind: string }) => factor.kind)).toEqual(["totp"]);
  });

  await test.step("a local person is asked for an app too", async () => {
    const local = await comesWithPassword(browser, doorward);
    await setUpApp(local);
    await expect(local.getByText("You are signed in as")).toBeVisible();
    await local.context().close();
  });
});

test("removing the step lets everybody in with one factor", async ({ page, doorward, browser }) => {
  const name = fresh("late.starter");
  await breaks(page, doorward, browser, name);
  await repair(page, "Remove step 2 for everybody", "Apply to the steps");
  await save(page);
  expect((await doorward.api("GET", "/applications/demo-app")).body.flow.steps).toEqual([FIRST]);

  await test.step("the person signs in, and nothing of them is kept", async () => {
    const person = await newPerson(browser);
    await arrive(person, doorward, name);
    await expect(person.getByText("You are signed in as")).toBeVisible();
    await person.context().close();
    expect((await doorward.api("GET", `/users?q=${name}`)).body.items).toEqual([]);
  });

  await test.step("a local person is not asked either", async () => {
    const local = await comesWithPassword(browser, doorward);
    await expect(local.getByText("You are signed in as")).toBeVisible();
    await local.context().close();
  });
});

/** A step is added, JIT is switched off all the same, and the person gets the plain page. Ends in the editor. */
async function breaks(page: Page, doorward: DoorwardServer, browser: Browser, name: string): Promise<void> {
  await test.step("somebody comes while JIT is off, and the step is added", async () => {
    await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
    const person = await newPerson(browser);
    await signInAs(person, doorward, name);
    await person.context().close();
    await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
    await openConsole(page, doorward, FLOW);
    await hydrated(page);
    await addStep(page, "Authenticator app");
    await save(page);
  });

  await test.step("the Advanced tab names the application and how many people it is about", async () => {
    const { body } = await doorward.api("PATCH", "/connections/test-idp?dry_run=true", { jit: { enabled: false } });
    const { people_30_days: all, linked_30_days: linked } = body.findings[0].affected;
    const refused = all - linked;
    expect(refused).toBeGreaterThan(0);
    await page.goto(`${doorward.url}/console/connections/test-idp/advanced`);
    await hydrated(page);
    await page.getByRole("checkbox", { name: "Just-in-Time (JIT) User Provisioning" }).uncheck();
    await expect(page.getByRole("link", { name: "Demo application" })).toBeVisible();
    const came = `${all} ${all === 1 ? "person" : "people"} signed in to it through Test IdP in the last 30 days`;
    await expect(page.getByText(came)).toBeVisible();
    const confirm = page.getByRole("checkbox", { name: "I know that 1 application will refuse people from Test IdP" });
    await expect(confirm).toHaveAccessibleName(new RegExp(`among them ${refused} who came in the last 30 days`));
    await confirm.check();
    await save(page);
  });

  await test.step("the person gets the plain page", async () => {
    const person = await newPerson(browser);
    await arrive(person, doorward, name);
    await expect(person.getByRole("heading", { name: "You cannot go on to Demo application" })).toBeVisible();
    await expect(person.getByText("1206")).toBeVisible();
    await person.context().close();
  });

  await page.goto(`${doorward.url}${FLOW}`);
  await hydrated(page);
  await expect(page.getByText(WARNING)).toBeVisible();
}

/** Opens the repair beside the warning and applies it, after which there is none. */
async function repair(page: Page, label: string, button: string): Promise<void> {
  await page.getByText(label, { exact: true }).click();
  await page.getByRole("group", { name: `What it changes: ${label}` }).getByRole("button", { name: button }).click();
  await expect(page.getByText(WARNING)).toHaveCount(0);
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
}
