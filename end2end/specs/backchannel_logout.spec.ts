import { fresh, made, offer } from "../fixtures/arranged.ts";
import { copyable, hydrated, openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { chooseSubject, newPerson } from "../fixtures/person.ts";

test("whoever signs out at the provider is signed out here", async ({ page, doorward, upstream, relyingParty, browser, expectAccessible }) => {
  const handle = fresh("night-shift");
  const subject = fresh("upstream");
  const email = `${subject}@example.com`;
  upstream.people.set(subject, { name: "Night Porter", email, email_verified: true });
  const logoutUri = `${doorward.url}/federation/${handle}/backchannel-logout`;

  await test.step("the provider knows where to tell of it", async () => {
    const client = await upstream.register(`${doorward.url}/federation/${handle}/callback`, "Doorward", {
      backchannel_logout_uri: logoutUri,
      backchannel_logout_session_required: true,
    });
    const oidc = { issuer: upstream.issuer, client_id: client.client_id, client_secret: client.client_secret };
    const connection = await made(doorward, "/connections", { handle, display_name: "Night Desk", enabled: true, oidc });
    expect(connection.backchannel_logout_uri).toBe(logoutUri);
    await openConsole(page, doorward, `/console/connections/${handle}/settings`);
    await hydrated(page);
    await expect(copyable(page, "Back-channel logout URI")).toHaveText(logoutUri);
    await expectAccessible(page);
  });

  await offer(doorward, relyingParty, { steps: [{ options: [`connection:${handle}`] }] });
  const silently = `${relyingParty.url}?prompt=none`;
  const signIn = async () => {
    const person = await newPerson(browser);
    await chooseSubject(person, relyingParty, subject);
    await person.waitForURL(/\/cb\?/);
    const refreshToken = relyingParty.outcomes.at(-1)?.tokens?.refresh_token ?? "";
    expect(refreshToken, "there is one to lose").not.toBe("");
    return { person, refreshToken };
  };
  const sessions = async () => (await doorward.api("GET", `/users/${email}`)).body.sessions.length;
  const atDesk = await signIn();
  const atHome = await signIn();
  expect(await sessions()).toBe(2);

  await test.step("they end the session at the provider", async () => {
    await atDesk.person.goto(upstream.signOutUrl);
    await atDesk.person.getByRole("button", { name: "Sign out everywhere" }).click();
    await expect(atDesk.person.getByRole("heading", { name: "Signed out of Upstream" })).toBeVisible();
    await expect.poll(sessions).toBe(1);
  });

  await test.step("nothing of it is left in this browser and at the application", async () => {
    await expect(relyingParty.refresh(atDesk.refreshToken)).rejects.toThrow();
    await atDesk.person.goto(silently);
    await atDesk.person.waitForURL(/\/cb\?/);
    await expect.poll(() => relyingParty.outcomes.at(-1)?.error).toBe("login_required");
    await atDesk.person.goto(`${doorward.url}/account`);
    await expect(atDesk.person.getByRole("heading", { name: "Your account" })).toHaveCount(0);
  });

  await test.step("their session in another browser goes on", async () => {
    expect((await relyingParty.refresh(atHome.refreshToken)).access_token).toBeTruthy();
    await atHome.person.goto(silently);
    await atHome.person.waitForURL(/\/cb\?/);
    await expect.poll(() => relyingParty.outcomes.at(-1)?.userinfo?.email).toBe(email);
    await atHome.person.goto(`${doorward.url}/account`);
    await expect(atHome.person.getByRole("heading", { name: "Your account" })).toBeVisible();
  });

  for (const { person } of [atDesk, atHome]) await person.context().close();
  upstream.people.delete(subject);
});
