import type { Page } from "@playwright/test";

import { fresh, made, offer } from "../fixtures/arranged.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { enterPassword, PASSWORD, setUpApp } from "../fixtures/person.ts";

/** `budgets.md`: one round trip of a fresh connection. */
const HOSTED_BYTES = 14_000;
/** One document and at most one more. */
const HOSTED_REQUESTS = 2;
/** Largest contentful paint on the loopback address, in milliseconds: nothing waits for a second request. */
const LARGEST_PAINT_MS = 1_000;

interface Weight {
  bytes: number;
  requests: number;
}

test("the sign-in page is light, draws at once and stays where it is", async ({ page, doorward }) => {
  await page.goto(`${doorward.url}/demo-app`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expectLight(page, "sign-in page");
});

test("a page that asks for a second factor is light, draws at once and stays where it is", async ({ page, doorward, relyingParty }) => {
  const username = fresh("swift.clerk");
  await made(doorward, "/users", { username, password: PASSWORD });
  await offer(doorward, relyingParty, { steps: [{ options: ["password"] }, { options: ["totp"] }] });
  await enterPassword(page, relyingParty.url, username);
  await setUpApp(page);
  await page.waitForURL(/\/cb\?/);
  await page.context().clearCookies();
  await enterPassword(page, relyingParty.url, username);
  await expect(page.getByRole("heading", { name: "Confirm it is you" })).toBeVisible();
  await expectLight(page, "factor page");
  await expect(page.getByRole("heading", { name: "Confirm it is you" })).toBeVisible();
});

test("a page that cannot go on is light, draws at once and stays where it is", async ({ page, doorward }) => {
  await page.goto(`${doorward.url}/oauth2/authorize?client_id=nobody`);
  await expect(page.getByText("1001")).toBeVisible();
  await expectLight(page, "error page");
});

test("a sign-in page trusts nothing but itself (S48)", async ({ page, doorward }) => {
  await page.goto(`${doorward.url}/demo-app`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  const answer = await page.reload();
  const headers = answer?.headers() ?? {};
  const policy = headers["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain("base-uri 'none'");
  expect(policy).not.toContain("unsafe");
  expect(policy).not.toContain("script-src");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["referrer-policy"]).toBe("same-origin");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers["x-frame-options"]).toBe("DENY");
});

/** Loads the page in front again, and counts what comes and how it is drawn. */
async function expectLight(page: Page, name: string): Promise<void> {
  await page.addInitScript(watchPaint);
  // What came before the page itself were redirects; a page is counted on its own.
  const weight = await weigh(page);
  await page.reload();
  await page.waitForLoadState("networkidle");
  console.log(`${name}: ${weight.bytes} bytes in ${weight.requests} requests`);
  expect(weight.bytes).toBeGreaterThan(0);
  expect(weight.bytes).toBeLessThanOrEqual(HOSTED_BYTES);
  expect(weight.requests).toBeLessThanOrEqual(HOSTED_REQUESTS);
  await expect(page.locator("script")).toHaveCount(0);
  const paint = await page.evaluate(() => (globalThis as unknown as { paint: Paint }).paint);
  expect(paint.shift).toBe(0);
  expect(paint.largest).toBeGreaterThan(0);
  expect(paint.largest).toBeLessThanOrEqual(LARGEST_PAINT_MS);
}

interface Paint {
  largest: number;
  shift: number;
}

/** Runs in the page before anything else. */
function watchPaint(): void {
  const paint: Paint = { largest: 0, shift: 0 };
  Object.assign(globalThis, { paint });
  const watch = (type: string, take: (entry: PerformanceEntry & { value?: number }) => void): void => {
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  };
  watch("largest-contentful-paint", (entry) => (paint.largest = entry.startTime));
  watch("layout-shift", (entry) => (paint.shift += entry.value ?? 0));
}

/** Counts what goes over the wire, headers included. */
async function weigh(page: Page): Promise<Weight> {
  const weight: Weight = { bytes: 0, requests: 0 };
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  devtools.on("Network.loadingFinished", ({ encodedDataLength }) => {
    weight.bytes += encodedDataLength;
    if (encodedDataLength > 0) weight.requests += 1;
  });
  return weight;
}
