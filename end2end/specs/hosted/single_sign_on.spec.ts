import type { Page } from "@playwright/test";

import { fresh, made } from "../../fixtures/arranged.ts";
import { expect, test } from "../../fixtures/doorward.ts";
import { codeOf, newPerson, PASSWORD, setUpApp, submitPassword } from "../../fixtures/person.ts";

test("whoever is signed in is asked for the missing step alone", async ({ browser, doorward, relyingParty, expectAccessible }) => {
  const username = fresh("step.clerk");
  await made(doorward, "/users", { username, email: `${username}@example.com`, email_verified: true, password: PASSWORD });
  const lobby = await added("lobby", [["password"]]);
  const vault = await added("vault", [["password"], ["totp"]]);
  let app = { key: "", code: "" };

  await test.step("just signed in to one application, the person sets up their app for the other", async () => {
    const person = await signedIn();
    await open(person, vault);
    app = await setUpApp(person);
    await expectMethods(person, ["pwd", "otp", "mfa"]);
    await person.context().close();
  });

  await test.step("later the code of the app is all that is asked for", async () => {
    const person = await signedIn();
    await open(person, vault);
    await expect(person.getByRole("heading", { name: "Confirm it is you" })).toBeVisible();
    await expect(person.getByLabel("Password")).toHaveCount(0);
    await expect(person.getByText("You are signed in as")).toContainText(`${username}@example.com`);
    await expectAccessible(person);
    await person.getByLabel("Six-digit code").fill(codeOf(app.key, "now + 30 seconds"));
    await person.getByRole("button", { name: "Confirm" }).click();
    await expectMethods(person, ["pwd", "otp", "mfa"]);
    await person.context().close();
  });

  await test.step("somebody else can sign in instead", async () => {
    const person = await signedIn();
    await open(person, vault);
    await person.getByRole("button", { name: "Use another account" }).click();
    await expect(person.getByLabel("Username or email address")).toBeVisible();
    await expect(person.getByText("You are signed in as")).toHaveCount(0);
    await person.context().close();
  });

  async function added(name: string, options: string[][]) {
    return made(doorward, "/applications", {
      handle: fresh(name),
      name,
      client_type: "confidential",
      redirect_uris: [relyingParty.redirectUri],
      token_endpoint_auth_method: "client_secret_basic",
      flow: { steps: options.map((step) => ({ options: step })), script: null },
    });
  }

  async function signedIn(): Promise<Page> {
    const person = await newPerson(browser);
    await open(person, lobby);
    await submitPassword(person, username, PASSWORD);
    await expectMethods(person, ["pwd"]);
    return person;
  }

  async function open(person: Page, application: Awaited<ReturnType<typeof added>>): Promise<void> {
    await relyingParty.connect(doorward.url, { clientId: application.client_id, clientSecret: application.client_secret });
    await person.goto(relyingParty.url);
  }

  async function expectMethods(person: Page, methods: string[]): Promise<void> {
    await person.waitForURL(/\/cb\?/);
    await expect.poll(() => relyingParty.outcomes.at(-1)?.claims?.amr).toEqual(methods);
  }
});
