import { connect, fresh, offer } from "../fixtures/arranged.ts";
import { copyable, hydrated, openConsole, save } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

test("a provider and an application of somebody else work together", async ({
  page,
  doorward,
  upstream,
  relyingParty,
  browser,
  expectAccessible,
}) => {
  await test.step("the administrator adds the provider, off at first", async () => {
    await openConsole(page, doorward, "/console/connections/new/oidc");
    await hydrated(page);
    const copy = page.getByRole("button", { name: "Copy Redirect URI" });
    await expect(copy, "nothing to copy before there is a handle").toHaveCount(0);
    await page.getByLabel("Name", { exact: true }).fill("Head Office");
    await expect(page.getByLabel("Handle")).toHaveValue("head-office");
    const redirectUri = `${doorward.url}/federation/head-office/callback`;
    await expect(copyable(page, "Redirect URI")).toHaveText(redirectUri);
    const client = await upstream.register(redirectUri);
    await page.getByLabel("Issuer").fill(upstream.issuer);
    await page.getByRole("button", { name: "Discover" }).click();
    await expect(page.getByText(`${upstream.issuer}/token`, { exact: true })).toBeVisible();
    await page.getByLabel("Client ID").fill(client.client_id);
    await page.getByLabel("Client secret").fill(client.client_secret);
    await page.getByRole("button", { name: "Add connection" }).click();
    await expect(page.getByRole("heading", { name: "Head Office" })).toBeVisible();
    await expect(page.getByText("Head Office is added", { exact: true })).toBeVisible();
    await expect(page.getByRole("link", { name: "Enable it" })).toHaveAttribute("href", "/console/connections/head-office");
  });

  await test.step("a test sign-in shows what the provider sends and keeps nothing", async () => {
    const people = async () => (await doorward.api("GET", "/users?q=finance.lead")).body.items;
    const before = await people();
    await page.getByRole("link", { name: "Test connection" }).click();
    await page.getByRole("button", { name: "Finance Lead" }).click();
    await expect(page.getByText("finance.lead@example.com").first()).toBeVisible();
    await expectAccessible(page);
    expect(await people()).toEqual(before);
  });

  await test.step("it is enabled", async () => {
    await page.goto(`${doorward.url}/console/connections/head-office`);
    await page.getByRole("checkbox", { name: "Enabled" }).check();
    await save(page);
  });

  await test.step("an application offers it and gets its credentials", async () => {
    await page.goto(`${doorward.url}/console/applications/new`);
    await hydrated(page);
    await page.getByLabel("Name", { exact: true }).fill("Expense reports");
    await page.getByLabel("Redirect URIs").fill(relyingParty.redirectUri);
    await page.getByRole("checkbox", { name: "Head Office" }).check();
    await page.getByRole("button", { name: "Add application" }).click();
    await expect(page.getByRole("heading", { name: "Expense reports" })).toBeVisible();
    const clientId = await copyable(page, "Client ID").innerText();
    const clientSecret = await copyable(page, "Client secret").innerText();
    await relyingParty.connect(doorward.url, { clientId, clientSecret, scope: "openid email profile offline_access" });
  });

  const outside = await browser.newContext();
  const person = await outside.newPage();
  await test.step("a person signs in with it", async () => {
    await person.goto(relyingParty.url);
    await person.getByRole("button", { name: "Continue with Head Office" }).click();
    await person.getByRole("button", { name: "Finance Lead" }).click();
    await person.waitForURL(/\/cb\?/);
    const outcome = relyingParty.outcomes.at(-1);
    expect(outcome?.error).toBeUndefined();
    expect(outcome?.claims?.iss).toBe(doorward.url);
    expect(outcome?.userinfo?.email).toBe("finance.lead@example.com");
  });

  await test.step("refresh tokens rotate, and an old one ends the family", async () => {
    const first = relyingParty.outcomes.at(-1)?.tokens?.refresh_token ?? "";
    const second = (await relyingParty.refresh(first)).refresh_token ?? "";
    const third = (await relyingParty.refresh(second)).refresh_token ?? "";
    expect(new Set([first, second, third]).size).toBe(3);
    // The one before the last is still taken for a while: its answer may have been lost on the way (F22).
    await expect(relyingParty.refresh(first)).rejects.toThrow();
    await expect(relyingParty.refresh(third)).rejects.toThrow();
  });

  await test.step("the application asks about its tokens and gives one back", async () => {
    await person.goto(relyingParty.url);
    await person.waitForURL(/\/cb\?/);
    const tokens = relyingParty.outcomes.at(-1)?.tokens;
    const [access, refresh] = [tokens?.access_token ?? "", tokens?.refresh_token ?? ""];
    const told = await relyingParty.introspect(access);
    expect(told).toMatchObject({ active: true, token_type: "Bearer", iss: doorward.url });
    expect(told.sub).toBe(relyingParty.outcomes.at(-1)?.claims?.sub);
    await relyingParty.giveBack(refresh);
    expect(await relyingParty.introspect(access)).toEqual({ active: false });
    await expect(relyingParty.refresh(refresh)).rejects.toThrow();
  });

  await test.step("the account is there, linked to the provider's subject", async () => {
    const { body } = await doorward.api("GET", "/users?q=finance.lead");
    expect(body.items).toHaveLength(1);
    const { body: user } = await doorward.api("GET", `/users/${body.items[0].id}`);
    expect(JSON.stringify(user.links)).toContain("upstream-1");
  });

  await test.step("signing out at the application ends the session here", async () => {
    const idToken = relyingParty.outcomes.at(-1)?.tokens?.id_token ?? "";
    await person.goto(relyingParty.endSessionUrl({ id_token_hint: idToken }));
    await expect(person.getByRole("heading", { name: "You are signed out" })).toBeVisible();
    await person.goto(`${relyingParty.url}?prompt=none`);
    await person.waitForURL(/\/cb\?/);
    expect(relyingParty.outcomes.at(-1)?.error).toBe("login_required");
  });
  await outside.close();
});

test("with JIT off a person passes through, and with JIT on again they get an account", async ({
  page,
  doorward,
  upstream,
  relyingParty,
  browser,
}) => {
  const handle = fresh("branch");
  const subject = fresh("upstream");
  const email = `${subject}@example.com`;
  upstream.people.set(subject, { name: "Branch Teller", given_name: "Branch", family_name: "Teller", email, email_verified: true });
  await connect(doorward, upstream, handle);
  await offer(doorward, relyingParty, { steps: [{ options: ["password", `connection:${handle}`] }] });
  await openConsole(page, doorward, `/console/connections/${handle}/advanced`);
  await hydrated(page);

  const subjects: (string | undefined)[] = [];
  for (const on of [false, true]) {
    await test.step(`JIT ${on ? "on: the provider's claims arrive, and an account is there" : "off: the claims arrive, and nothing is kept"}`, async () => {
      await page.getByRole("checkbox", { name: "Just-in-Time (JIT) User Provisioning" }).setChecked(on);
      await page.getByRole("button", { name: "Update" }).click();
      await expect.poll(async () => (await doorward.api("GET", `/connections/${handle}`)).body.jit.enabled).toBe(on);

      const person = await (await browser.newContext()).newPage();
      await person.goto(relyingParty.url);
      await person.getByRole("button", { name: "Continue with Partner Desk" }).click();
      await person.getByRole("button", { name: "Branch Teller" }).click();
      await person.waitForURL(/\/cb\?/);
      const outcome = relyingParty.outcomes.at(-1);
      expect(outcome?.error).toBeUndefined();
      expect(outcome?.userinfo).toMatchObject({ email, email_verified: true, name: "Branch Teller", family_name: "Teller" });
      subjects.push(outcome?.claims?.sub);
      await person.context().close();

      const { body } = await doorward.api("GET", `/users?q=${subject}`);
      expect(body.items.map((user: { sub: string }) => user.sub)).toEqual(on ? [subjects[0]] : []);
    });
  }
  expect(subjects[1], "the application keeps knowing them").toBe(subjects[0]);
  upstream.people.delete(subject);
});
