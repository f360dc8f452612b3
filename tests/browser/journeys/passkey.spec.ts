import { PASSWORD } from "../house/api";
import { Dashboard } from "../house/dashboard";
import { expect, test } from "../house/test";
import { theWorld } from "../house/world";

// Browsers tie passkeys to names, and not to the address of a machine.
test.use({ baseURL: async ({}, use) => use(theWorld().base.replace("127.0.0.1", "localhost")) });

test("a passkey is added, is told by mail, and signs in without a password", async ({
  page,
  person,
  troubles,
}, info) => {
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
  const owner = { ...person("Ines Falk"), password: PASSWORD };
  await dashboard.signUp(owner, studio);
  const slug = new URL(page.url()).pathname.split("/")[2] ?? "";
  await dashboard.open(slug, "account");
  await dashboard.addPasskey("This browser");
  await owner.mail.next("that a passkey was added", /A passkey was added to your account/);

  // What goes wrong beneath a sheet is told above it, where it can be put away.
  const told = page.getByRole("log");
  await expect(told.getByRole("button")).toHaveCount(0, { timeout: 15_000 });
  troubles.expectFailure("net::ERR_INTERNET_DISCONNECTED", "/graphql");
  await page.route("**/graphql", (route) => route.abort("internetdisconnected"));
  await page.getByRole("button", { name: "Remove This browser" }).click();
  await expect(told.getByRole("button", { name: "Close" })).toBeVisible();
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const sheet = page.getByRole("dialog", { name: "Add a passkey" });
  await sheet.getByRole("log").getByRole("button", { name: "Close" }).click();
  await expect(sheet.getByRole("log").getByRole("button")).toHaveCount(0);
  await expect(sheet).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await page.unroute("**/graphql");

  await dashboard.signOut();
  await dashboard.signInByPasskey();
  await dashboard.open(slug, "account");
  await expect(page.getByText("This browser", { exact: true })).toBeVisible();
  await expect(page.getByText("Not yet", { exact: true })).toHaveCount(0);
});
