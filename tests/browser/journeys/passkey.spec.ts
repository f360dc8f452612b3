import { PASSWORD } from "../house/api";
import { Dashboard } from "../house/pages";
import { expect, test } from "../house/test";
import { theWorld } from "../house/world";

// Browsers tie passkeys to names, and not to the address of a machine.
test.use({ baseURL: async ({}, use) => use(theWorld().base.replace("127.0.0.1", "localhost")) });

test("a passkey is added, and signs in without a password", async ({ page, person }, info) => {
  const device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });

  const dashboard = new Dashboard(page);
  const studio = `Passkey ${info.project.name}`;
  await dashboard.signUp({ ...person("Ines Falk"), password: PASSWORD }, studio);
  const slug = new URL(page.url()).pathname.split("/")[2] ?? "";
  await dashboard.open(slug, "account");
  await dashboard.addPasskey("This browser");

  await dashboard.signOut();
  await dashboard.signInByPasskey();
  await dashboard.open(slug, "account");
  await expect(page.getByText("This browser", { exact: true })).toBeVisible();
  await expect(page.getByText("Not yet", { exact: true })).toHaveCount(0);
});
