import type { Page } from "@playwright/test";

import { expect, test } from "../fixtures/doorward.ts";
import { MailServer, type TakenMail } from "../fixtures/mail_server.ts";
import { DoorwardServer } from "../fixtures/server.ts";

const CLERK = { username: "clerk", email: "clerk@example.com", email_verified: true, password: "a fairly long password" };
/** With letters that a mail header has to encode (RFC 2047). */
const APPLICATION = "Spesen für Köln 🧾";

/** What a test has started. */
const started: { stop(): Promise<void> }[] = [];

test.afterEach(async () => {
  for (const server of started.splice(0).reverse()) await server.stop();
});

test("a code goes through somebody else's mail server and signs in", async ({ page }) => {
  const mail = await mailServer();
  const doorward = await withMail(mail.url());
  await askForCode(page, doorward);
  await expect(page.getByText("We have sent a code to c•••@example.com")).toBeVisible();
  const { recipients, letter } = await newest(mail);
  expect(recipients).toEqual([CLERK.email]);
  expect(letter.to?.map(({ address }) => address)).toEqual([CLERK.email]);
  expect(letter.from?.address).toBe("no-reply@example.com");
  expect(letter.subject).toContain(APPLICATION);
  expect(letter.messageId).toMatch(/^<\w+@example\.com>$/);
  expect(Date.parse(letter.date ?? "")).not.toBeNaN();
  expect(letter.headers.find(({ key }) => key === "auto-submitted")?.value).toBe("auto-generated");
  await page.getByLabel("Code from the mail").fill(/^ {4}(\S+)$/m.exec(letter.text ?? "")?.[1] ?? "");
  await page.getByRole("button", { name: "Confirm" }).click();
  await expect(page.getByText("You are signed in as")).toBeVisible();
  expect(mail.taken).toHaveLength(1);
});

test("a mail server that does not let us in is in the audit log, and the page says what to do", async ({ page }) => {
  const mail = await mailServer();
  const doorward = await withMail(mail.url("smtp", "wrong"));
  await askForCode(page, doorward);
  await expect(async () => {
    await page.reload();
    await expect(page.getByText("could not be delivered")).toBeVisible({ timeout: 500 });
  }).toPass();
  const { body } = await doorward.api("GET", "/audit-events?action=mail.not_delivered");
  expect(body.items).toHaveLength(1);
  expect(JSON.stringify(body), "no address in the log").not.toContain(CLERK.email);
  expect(mail.taken).toHaveLength(0);
});

test("a mail server whose certificate nobody vouches for gets no code", async ({ page }) => {
  const mail = await mailServer({ secure: true });
  const doorward = await withMail(mail.url("smtps"));
  await askForCode(page, doorward);
  await expect.poll(() => doorward.log()).toContain("a mail is tried again later");
  await expect(page.getByText("We have sent a code")).toBeVisible();
  expect(mail.taken).toHaveLength(0);
});

async function mailServer(options: Parameters<typeof MailServer.start>[0] = {}): Promise<MailServer> {
  const mail = await MailServer.start(options);
  started.push(mail);
  return mail;
}

/** A server whose demo application asks for a code by email as second factor. */
async function withMail(url: string): Promise<DoorwardServer> {
  const doorward = await DoorwardServer.start({
    environment: { DOORWARD_SMTP_URL: url, DOORWARD_SMTP_FROM: "no-reply@example.com" },
  });
  started.push(doorward);
  const flow = { steps: [{ options: ["password"] }, { options: ["email_otp"] }], script: null };
  const saved = await doorward.api("PATCH", "/applications/demo-app", { name: APPLICATION, flow });
  expect(saved.status, JSON.stringify(saved.body)).toBe(200);
  expect((await doorward.api("POST", "/users", CLERK)).status).toBe(201);
  return doorward;
}

async function askForCode(page: Page, doorward: DoorwardServer): Promise<void> {
  await page.goto(`${doorward.url}/demo-app`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Username or email address").fill(CLERK.username);
  await page.getByLabel("Password", { exact: true }).fill(CLERK.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function newest(mail: MailServer): Promise<TakenMail> {
  await expect.poll(() => mail.taken.length).toBeGreaterThan(0);
  return mail.taken.at(-1) as TakenMail;
}
