import { connect, fresh, offer } from "../fixtures/arranged.ts";
import { hydrated, openConsole, saveAndReload } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { chooseSubject, newPerson, signInThrough } from "../fixtures/person.ts";

let handle: string;
let subject: string;

test.beforeEach(async ({ doorward, upstream, relyingParty }) => {
  handle = fresh("regional");
  subject = fresh("upstream");
  upstream.people.set(subject, { name: "Regional Lead", email: `${subject}@example.com`, email_verified: true, groups: ["leads", "north"] });
  await connect(doorward, upstream, handle);
  await offer(doorward, relyingParty, { steps: [{ options: [`connection:${handle}`] }] });
});

test.afterEach(({ upstream }) => void upstream.people.delete(subject));

test("what the Settings tab saves is asked of the provider", async ({ page, doorward, upstream, relyingParty, browser, expectAccessible }) => {
  await openConsole(page, doorward, `/console/connections/${handle}/settings`);
  await hydrated(page);
  await page.getByLabel("Scopes").fill("openid email groups");
  await page.getByLabel("Clock difference accepted").fill("15");
  await page.getByLabel("Additional request parameters").fill("login_hint=somebody");
  await expect(page.getByText("Not saved yet", { exact: true })).toBeVisible();
  await expectAccessible(page);
  await saveAndReload(page);
  await expect(page.getByLabel("Scopes")).toHaveValue("openid email groups");
  await expect(page.getByLabel("Clock difference accepted")).toHaveValue("15");
  await expect(page.getByLabel("Additional request parameters")).toHaveValue("login_hint=somebody");
  const { oidc } = (await doorward.api("GET", `/connections/${handle}`)).body;
  expect([oidc.scopes, oidc.clock_skew_seconds]).toEqual([["openid", "email", "groups"], 15]);

  const person = await newPerson(browser);
  const asked = person.waitForRequest((request) => request.url().startsWith(`${upstream.issuer}/auth?`));
  await chooseSubject(person, relyingParty, subject);
  const query = new URL((await asked).url()).searchParams;
  expect([query.get("scope"), query.get("login_hint")]).toEqual(["openid email groups", "somebody"]);
  await person.waitForURL(/\/cb\?/);
  await person.context().close();
});

test("a clock difference beyond the limit is refused at its field", async ({ page, doorward }) => {
  await openConsole(page, doorward, `/console/connections/${handle}/settings`);
  await hydrated(page);
  const skew = page.getByLabel("Clock difference accepted");
  await skew.fill("121");
  await page.getByRole("button", { name: "Update" }).click();
  await expect(skew).toHaveAttribute("aria-invalid", "true");
  await expect(skew).toHaveValue("121");
});

test("a row of the Attributes tab brings a new attribute at the next sign-in", async ({ page, doorward, relyingParty, browser, expectAccessible }) => {
  await doorward.api("PATCH", `/connections/${handle}`, { oidc: { scopes: ["openid", "email", "profile", "groups"] } });
  await signInThrough(browser, relyingParty, subject);
  const account = async () => (await doorward.api("GET", `/users/${subject}@example.com`)).body;
  expect((await account()).attributes.groups).toBeUndefined();

  await openConsole(page, doorward, `/console/connections/${handle}/attributes`);
  await hydrated(page);
  await page.getByLabel("Claim of the provider, new row").fill("groups");
  await page.getByLabel("Our attribute, new row").fill("groups");
  await page.getByRole("button", { name: "Remove the row, picture" }).click();
  await expectAccessible(page);
  await saveAndReload(page);
  await expect(page.getByLabel("Claim of the provider, groups")).toHaveValue("groups");
  await expect(page.getByLabel("Our attribute, picture")).toHaveCount(0);

  await signInThrough(browser, relyingParty, subject);
  expect((await account()).attributes.groups.value).toEqual(["leads", "north"]);
});

test("a row that is refused is marked, and a row that is removed leaves the keyboard at the next", async ({ page, doorward, expectAccessible }) => {
  await openConsole(page, doorward, `/console/connections/${handle}/attributes`);
  await hydrated(page);
  await page.getByLabel("Claim of the provider, new row").fill("second_email");
  await page.getByLabel("Our attribute, new row").fill("email");
  await page.getByRole("button", { name: "Update" }).click();
  const refused = page.getByLabel("Our attribute, new row");
  await expect(refused).toHaveAttribute("aria-invalid", "true");
  await expect(refused).toHaveAccessibleDescription(/Row \d+: Another row writes this attribute already/);
  await expect(page.locator("[aria-invalid=true]")).toHaveCount(1);
  await expectAccessible(page);

  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator("[aria-invalid=true]")).toHaveCount(0);

  await page.getByRole("button", { name: "Remove the row, email", exact: true }).click();
  await expect(page.getByRole("button", { name: "Remove the row, email_verified" })).toBeFocused();
  await expect(page.getByRole("status").filter({ hasText: "Row 1 is removed." })).toBeAttached();
});

test("an attribute marked as required is asked for at the next sign-in", async ({ page, doorward, relyingParty, browser }) => {
  await openConsole(page, doorward, `/console/connections/${handle}/attributes`);
  await hydrated(page);
  await page.getByRole("checkbox", { name: "Required, family_name" }).check();
  await saveAndReload(page);
  await expect(page.getByRole("checkbox", { name: "Required, family_name" })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: "Required, given_name" })).not.toBeChecked();

  const person = await newPerson(browser);
  await chooseSubject(person, relyingParty, subject);
  await person.getByLabel("Last name").fill("Lead");
  await person.getByRole("button", { name: "Continue" }).click();
  await person.waitForURL(/\/cb\?/);
  expect(relyingParty.outcomes.at(-1)?.userinfo?.family_name).toBe("Lead");
  await person.context().close();
});

test("what an address says is said once", async ({ page, doorward }) => {
  await openConsole(page, doorward);
  for (const [address, told] of [
    [`/console/connections/${handle}?saved=true`, page.getByText("Saved", { exact: true })],
    [`/console/connections/${handle}/settings?created=true`, page.getByText("Partner Desk is added", { exact: true })],
  ] as const) {
    await page.goto(`${doorward.url}${address}`);
    await hydrated(page);
    await expect(told).toBeVisible();
    await expect(page).toHaveURL(new RegExp(`${address.split("?")[0]}$`));
    await page.reload();
    await hydrated(page);
    await expect(told).toHaveCount(0);
  }
});

test("whom disabling stops is told before it is saved", async ({ page, doorward, expectAccessible }) => {
  await openConsole(page, doorward, `/console/connections/${handle}`);
  await hydrated(page);
  const changes = page.getByText("What disabling it changes", { exact: true });
  await expect(changes).toBeHidden();
  await page.getByRole("checkbox", { name: "Enabled" }).uncheck();
  await expect(changes).toBeVisible();
  await expect(page.getByText("1 application will refuse people from Partner Desk", { exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: "Expense reports" }).first()).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Update, 1 application will refuse people from Partner Desk" }).click();
  const confirm = page.getByRole("checkbox", { name: "I know that 1 application will refuse people from Partner Desk" });
  await expect(confirm).toBeFocused();
  await expect(confirm).toHaveAccessibleDescription("Nothing is saved yet. Tick this box, then save again.");
  expect((await doorward.api("GET", `/connections/${handle}`)).body.enabled).toBe(true);
  await confirm.check();
  await page.getByRole("button", { name: "Update" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  expect((await doorward.api("GET", `/connections/${handle}`)).body.enabled).toBe(false);
});
