import { statSync } from "node:fs";
import { resolve } from "node:path";

import { openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";
import { signInAs } from "../fixtures/demo.ts";

const PICTURE = resolve(import.meta.dirname, "../../docs/images/advanced.png");
/** A page of documents loads it on every visit. */
const MAX_BYTES = 200_000;

test("the Advanced tab, for the README", async ({ page, doorward, browser }) => {
  for (const name of ["night.porter", "day.visitor", "shift.lead"]) {
    const context = await browser.newContext();
    await signInAs(await context.newPage(), doorward, name);
    await context.close();
  }
  await openConsole(page, doorward, "/console/connections/test-idp/advanced");
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: PICTURE });
  expect(statSync(PICTURE).size).toBeLessThanOrEqual(MAX_BYTES);
});
