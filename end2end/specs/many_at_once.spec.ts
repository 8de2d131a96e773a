import { openConsole } from "../fixtures/console.ts";
import { expect, test } from "../fixtures/doorward.ts";

const PATHS = ["connections/test-idp/advanced", "applications/demo-app/flow", "connections/test-idp/attempts", "users"];

/** The numbers under which a page carries what the server has loaded; the browser counts them anew and must agree. */
function numbers(html: string): string {
  return [...html.matchAll(/__RESOLVED_RESOURCES\[(\d+)\]/g)].map((found) => found[1]).join(" ");
}

for (const path of PATHS) {
  test(`${path} is the same page however busy the server is`, async ({ page, doorward }) => {
    const address = `${doorward.url}/console/${path}`;
    await openConsole(page, doorward, `/console/${path}`);
    const alone = numbers(await (await page.request.get(address)).text());
    expect(alone).not.toBe("");
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(Array.from({ length: 12 }, () => page.request.get(address)));
      for (const answer of answers) {
        expect(answer.status()).toBe(200);
        expect(numbers(await answer.text())).toBe(alone);
      }
    }
  });
}
