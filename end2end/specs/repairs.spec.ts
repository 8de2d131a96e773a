import type { Browser, Locator, Page } from "@playwright/test";

import { hydrated, openConsole, save } from "../fixtures/console.ts";
import { goToTestIdp } from "../fixtures/demo.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { codeOf, submitPassword } from "../fixtures/person.ts";
import type { DoorwardServer } from "../fixtures/server.ts";

const FLOW = "/console/applications/demo-app/flow";
const LOCAL = { username: "local.clerk", email: "local.clerk@example.com", email_verified: true, password: "correct horse battery" };
const FIRST = { options: ["password", "connection:test-idp"] };

test.beforeEach(async ({ page, doorward }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  const { body } = await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST, { options: ["email_otp"] }], script: null } });
  expect(body.findings[0].code).toBe("jit-off-factor");
  await openConsole(page, doorward, FLOW);
  await hydrated(page);
  await expect(page.getByText("Step 2 needs an account, and people from Test IdP have none")).toBeVisible();
});

test.afterEach(async ({ doorward }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST], script: null } });
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true }, otp_to_asserted_email: false, factors_without_account: false });
});

test("a flow is mended before JIT is switched off", async ({ page, doorward, expectAccessible }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
  await page.goto(`${doorward.url}/console/connections/test-idp/advanced`);
  await hydrated(page);
  const jit = page.getByRole("checkbox", { name: "Just-in-Time (JIT) User Provisioning" });
  await jit.uncheck();
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Change the sign-in flow of Demo application first, in another tab" }).click();
  const editor = await opened;
  await hydrated(editor);
  await expect(editor).toHaveURL(/\?without=test-idp#findings$/);
  await expect(editor.getByText("Looked at as if just-in-time provisioning were off for Test IdP, which is not saved")).toBeVisible();
  await expect(editor.getByText("Step 2 needs an account, and people from Test IdP have none")).toBeVisible();
  await expect(editor.getByText("Turn on JIT for Test IdP", { exact: true })).toHaveCount(0);
  await expectAccessible(editor);

  const panel = await openRepair(editor, "Skip step 2 for people from Test IdP");
  await panel.getByRole("button", { name: "Apply to the script" }).click();
  await expect(editor.getByText("Step 2 needs an account, and people")).toHaveCount(0);
  await save(editor);
  await editor.getByRole("link", { name: "Look at it as it is" }).click();
  await expect(editor.getByText("Looked at as if")).toHaveCount(0);
  await editor.close();

  await expect(jit, "it stays as it was left").not.toBeChecked();
  await page.evaluate(() => dispatchEvent(new Event("focus")));
  await expect(page.getByText("1 application will refuse people from Test IdP", { exact: true })).toHaveCount(0);
  await save(page);
  expect((await doorward.api("GET", "/connections/test-idp")).body.jit.enabled).toBe(false);
});

test("the step is removed for everybody", async ({ page, doorward, browser }) => {
  const panel = await openRepair(page, "Remove step 2 for everybody");
  await expect(panel.getByText("Nobody is asked for step 2 any more")).toBeVisible();
  await expect(panel.getByText("removed: Step 2: Code by email")).toBeVisible();
  await expect(panel.getByText("No longer found")).toBeVisible();
  await panel.getByRole("button", { name: "Apply to the steps" }).click();
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  await save(page);
  const person = await (await browser.newContext()).newPage();
  await arrive(person, doorward, "step.skipper");
  await expect(person.getByText("You are signed in as")).toBeVisible();
  await person.context().close();
});

test("who has no account is spared the step, and who is linked to one is asked still", async ({ page, doorward, browser }) => {
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: true } });
  const first = await (await browser.newContext()).newPage();
  await arrive(first, doorward, "linked.reader");
  await confirmByMail(first, doorward);
  await first.context().close();
  await doorward.api("PATCH", "/connections/test-idp", { jit: { enabled: false } });
  await page.reload();
  await hydrated(page);

  const coarse = await openRepair(page, "Skip step 2 for people from Test IdP");
  await expect(coarse.getByText(/linked (person|people) from Test IdP, who came in the last 30 days, (is|are) no longer asked either/)).toBeVisible();
  await coarse.getByRole("button", { name: "Cancel" }).click();
  const panel = await openRepair(page, "Skip step 2 for people from Test IdP who have no account");
  await expect(panel.getByText("Some people from Test IdP are not asked for step 2")).toBeVisible();
  await expect(panel.getByText("no longer asked either")).toHaveCount(0);
  await panel.getByRole("button", { name: "Apply to the script" }).click();
  await expect(page.getByText("Step 2 needs an account, and people")).toHaveCount(0);
  await save(page);

  const stranger = await (await browser.newContext()).newPage();
  await arrive(stranger, doorward, "never.linked");
  await expect(stranger.getByText("You are signed in as")).toBeVisible();
  await stranger.context().close();
  const linked = await (await browser.newContext()).newPage();
  await arrive(linked, doorward, "linked.reader");
  await expect(linked.getByText("We have sent a code to")).toBeVisible();
  await linked.context().close();
  await localPersonIsAsked(browser, doorward, "We have sent a code to");
});

test("codes go to the address the provider vouches for", async ({ page, doorward, browser, expectAccessible }) => {
  const panel = await openRepair(page, "Send codes to the verified address Test IdP asserts");
  await expect(panel.getByText("removed: Send codes to the verified address the provider asserts: off")).toBeVisible();
  await expect(panel.getByText("added: Send codes to the verified address the provider asserts: on")).toBeVisible();
  await expect(panel.getByText("Step 2 stops some people from Test IdP: it needs an account", { exact: true })).toBeVisible();
  expect((await doorward.api("GET", "/connections/test-idp")).body.otp_to_asserted_email).toBe(false);
  await panel.getByRole("button", { name: "Apply to the connection" }).click();
  await expect(page.getByText("Step 2 needs an account, and people")).toHaveCount(0);
  // Whoever the provider vouches no address for is still stopped, and the warning says that of them alone.
  await expect(page.getByText("Step 2 stops some people from Test IdP: it needs an account")).toBeVisible();
  const saved = await doorward.api("GET", "/connections/test-idp");
  expect(saved.body.otp_to_asserted_email).toBe(true);
  const person = await (await browser.newContext()).newPage();
  await arrive(person, doorward, "code.reader");
  await expectAccessible(person);
  await confirmByMail(person, doorward);
  expect((await doorward.api("GET", "/users?q=code.reader")).body.items).toEqual([]);
  await person.context().close();
  await localPersonIsAsked(browser, doorward, "We have sent a code to");
});

test("a repair shows what it changes, and is given up with the keyboard", async ({ page, doorward, expectAccessible }) => {
  const summary = page.getByText("Turn on JIT for Test IdP", { exact: true });
  const panel = page.getByRole("group", { name: "What it changes: Turn on JIT for Test IdP" });
  await summary.focus();
  await page.keyboard.press("Enter");
  await expect(panel).toBeFocused();
  await expect(panel.getByText("added: Just-in-Time (JIT) User Provisioning: on")).toBeVisible();
  await expect(panel.getByText("In 1 application people from Test IdP are no longer stopped there")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
  await expect(summary).toBeFocused();
  await page.keyboard.press("Enter");
  await panel.getByRole("button", { name: "Cancel" }).click();
  await expect(panel).toBeHidden();
  expect((await doorward.api("GET", "/connections/test-idp")).body.jit.enabled).toBe(false);
});

test("the bar that saves covers neither a repair nor what has the keyboard", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 620 });
  const bar = page.locator(".savebar");
  const covered = async (): Promise<boolean> => {
    const [focused, over] = [await page.locator(":focus").boundingBox(), await bar.boundingBox()];
    return focused === null || over === null || focused.y + focused.height > over.y;
  };
  await page.getByRole("button", { name: "Remove Password from step 1" }).click();
  await expect(bar).toBeVisible();
  const summary = page.getByText("Turn on JIT for Test IdP", { exact: true });
  const panel = page.getByRole("group", { name: "What it changes: Turn on JIT for Test IdP" });
  await summary.focus();
  await expect.poll(covered, "the repair's button").toBe(false);
  await page.keyboard.press("Enter");
  await expect(panel).toBeFocused();
  await expect(panel.getByText("added: Just-in-Time (JIT) User Provisioning: on")).toBeVisible();
  await panel.getByRole("button", { name: "Cancel" }).focus();
  await expect.poll(covered, "the panel's end").toBe(false);
});

test("JIT is turned on, and the account is there when the step asks for it", async ({ page, doorward, browser }) => {
  const panel = await openRepair(page, "Turn on JIT for Test IdP");
  await panel.getByRole("button", { name: "Apply to the connection" }).click();
  await expect(page.getByText("Step 2 needs an account, and people")).toHaveCount(0);
  const person = await (await browser.newContext()).newPage();
  await arrive(person, doorward, "first.comer");
  await confirmByMail(person, doorward);
  expect((await doorward.api("GET", "/users?q=first.comer")).body.items).toHaveLength(1);
  await person.context().close();
  await localPersonIsAsked(browser, doorward, "We have sent a code to");
});

async function confirmByMail(person: Page, doorward: DoorwardServer): Promise<void> {
  await expect(person.getByText("We have sent a code to")).toBeVisible();
  await person.getByLabel("Code from the mail").fill(await newestCode(person, doorward));
  await person.getByRole("button", { name: "Confirm" }).click();
  await expect(person.getByText("You are signed in as")).toBeVisible();
}

test("second factors are kept without a profile", async ({ page, doorward, browser }) => {
  await doorward.api("PATCH", "/applications/demo-app", { flow: { steps: [FIRST, { options: ["totp"] }], script: null } });
  await page.reload();
  await hydrated(page);
  const panel = await openRepair(page, "Keep second factors without a profile for Test IdP");
  await panel.getByRole("button", { name: "Apply to the connection" }).click();
  await expect(page.getByText("Everybody gets through this flow")).toBeVisible();
  const saved = await doorward.api("GET", "/connections/test-idp");
  expect(saved.body.factors_without_account).toBe(true);
  const person = await (await browser.newContext()).newPage();
  await arrive(person, doorward, "factor.keeper");
  await expect(person.getByText("Set up your authenticator app")).toBeVisible();
  const key = ((await person.locator("code.key").textContent()) ?? "").replaceAll(" ", "");
  await person.getByLabel("Six-digit code").fill(codeOf(key, "now"));
  await person.getByRole("button", { name: "Confirm" }).click();
  await expect(person.getByText("You are signed in as")).toBeVisible();
  expect((await doorward.api("GET", "/users?q=factor.keeper")).body.items, "there is no profile").toEqual([]);
  await person.context().close();

  const again = await (await browser.newContext()).newPage();
  await arrive(again, doorward, "factor.keeper");
  await expect(again.getByRole("heading", { name: "Confirm it is you" })).toBeVisible();
  await again.getByLabel("Six-digit code").fill(codeOf(key, "now + 30 seconds"));
  await again.getByRole("button", { name: "Confirm" }).click();
  await expect(again.getByText("You are signed in as")).toBeVisible();
  await again.context().close();
  await localPersonIsAsked(browser, doorward, "Set up your authenticator app");
});

/** A repair for people from the connection changes nothing for whoever signs in with a password. */
async function localPersonIsAsked(browser: Browser, doorward: DoorwardServer, asked: string): Promise<void> {
  // The second time they are there already.
  await doorward.api("POST", "/users", LOCAL);
  const person = await (await browser.newContext()).newPage();
  await person.goto(`${doorward.url}/demo-app`);
  await person.getByRole("button", { name: "Sign in" }).click();
  await submitPassword(person, LOCAL.username, LOCAL.password);
  await expect(person.getByText(asked)).toBeVisible();
  await person.context().close();
}

/** Opens what a repair changes, as it is shown before it applies. */
async function openRepair(page: Page, label: string): Promise<Locator> {
  await page.getByText(label, { exact: true }).click();
  return page.getByRole("group", { name: `What it changes: ${label}` });
}

async function arrive(person: Page, doorward: DoorwardServer, name: string): Promise<void> {
  await goToTestIdp(person, doorward);
  await person.getByLabel("Name", { exact: true }).fill(name);
  await person.getByRole("button", { name: "Sign in by name" }).click();
}

/** The code of the newest mail, from the mailbox of the demonstration. */
async function newestCode(person: Page, doorward: DoorwardServer): Promise<string> {
  const mailbox = await person.context().newPage();
  await mailbox.goto(`${doorward.url}/demo-mailbox`);
  const letter = await mailbox.locator("pre.letter").first().innerText();
  await mailbox.close();
  return /\b\d{6}\b/.exec(letter)?.[0] ?? "";
}
