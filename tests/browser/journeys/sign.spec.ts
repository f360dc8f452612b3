import { PASSWORD, Producer } from "../house/api";
import { Dashboard } from "../house/dashboard";
import { Signing, Verify } from "../house/guests";
import { expect, test } from "../house/test";

test("four sign a split sheet, of whom one asks for other shares", async ({
  page,
  visitor,
  world,
  person,
}) => {
  const [nova, lukasz] = [person("Nova Reyes"), person("Łukasz Żak")];
  const [amira, kenji] = [person("Amira Haddad"), person("Kenji Mori")];
  const producer = await Producer.open(world.base, nova, `Four hands ${nova.email}`);
  const sheet = await producer.sendSheet(await producer.sell("River Line"), [
    { person: nova, role: "producer", percent: 40 },
    { person: lukasz, role: "writer", percent: 30 },
    { person: amira, role: "writer", percent: 20 },
    { person: kenji, role: "artist", percent: 10 },
  ]);

  const at = async (signer: typeof nova) => new Signing(await visitor(), signer);
  // Who is asked again later has read this mail by then.
  const first = await nova.mail.link("sign");
  for (const signer of [lukasz, kenji]) {
    const signing = await at(signer);
    await signing.open();
    await signing.sign();
  }
  const proposing = await at(amira);
  await proposing.open();
  await proposing.propose({ "Nova Reyes": "35", "Amira Haddad": "25" }, "I wrote the bridge, too.");

  const dashboard = new Dashboard(page);
  await dashboard.signIn(producer.login, `/dashboard/${producer.studio.slug}/agreements/${sheet.id}`);
  await expect(page.getByText("I wrote the bridge, too.").first()).toBeVisible();
  await page.getByRole("button", { name: "Accept it for all" }).click();
  await expect(page.getByText("It is a new version for all to sign")).toBeVisible();

  // Those whose part is different read what has changed; the others have signed already.
  const owner = await at(nova);
  const again = await nova.mail.link("sign");
  expect(again).not.toBe(first);
  await owner.open(again);
  await owner.sign();
  await proposing.page.goto(proposing.page.url().replace(/\/done$/, ""));
  await proposing.sign();
  await expect(proposing.page.getByRole("heading", { name: "Everybody has signed" })).toBeVisible();
  const sealed = await proposing.fetch();
  await new Verify(proposing.page).judge("split-sheet.pdf", sealed, "Unchanged");
});

test("a newcomer is led to confirm their address where they send an agreement", async ({
  page,
  visitor,
  world,
  person,
}, info) => {
  const owner = { ...person("Ines Falk"), password: PASSWORD };
  const dashboard = new Dashboard(page);
  await dashboard.signUp(owner, `First sheet ${info.project.name}`);
  const producer = await Producer.of(world.base, owner);
  const writer = person("Łukasz Żak");
  const sheet = await producer.draftSheet(await producer.sell("Slow Fuse"), [
    { person: owner, role: "producer", percent: 50 },
    { person: writer, role: "writer", percent: 50 },
  ]);
  const token = () => owner.mail.next("a link to confirm the address", /\/account\/verify\?token=(\S+)/);
  await token();

  await dashboard.open(producer.studio.slug, `agreements/${sheet.id}`);
  // As some press every button: the second press does not close what the first has opened.
  await page.getByRole("button", { name: "Send to sign" }).dblclick();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(`${owner.email} is not confirmed yet`)).toBeVisible();
  await dialog.getByRole("button", { name: "Send to sign" }).click();
  await expect(dialog.getByText("It is kept as a draft")).toBeVisible();
  await dialog.getByRole("button", { name: "Send the link again" }).click();

  const elsewhere = await visitor();
  await elsewhere.goto(`/account/verify?token=${await token()}`);
  await elsewhere.getByRole("main").getByRole("button").click();
  await expect(elsewhere.getByRole("heading", { name: "Your address is confirmed" })).toBeVisible();
  await dialog.getByRole("button", { name: "Send to sign" }).click();
  await expect(page.getByText("It is on its way to those who sign")).toBeVisible();
  expect(await writer.mail.link("sign")).toContain("/sign/");
});

test("a signature that is refused is still drawn", async ({ visitor, world, person, troubles }) => {
  const [nova, amira] = [person("Nova Reyes"), person("Amira Haddad")];
  const producer = await Producer.open(world.base, nova, `Drawn ${nova.email}`);
  await producer.sendSheet(await producer.sell("River Line"), [
    { person: nova, role: "producer", percent: 60 },
    { person: amira, role: "writer", percent: 40 },
  ]);
  const signing = new Signing(await visitor(), amira);
  await signing.open();
  await signing.consent();
  const empty = await signing.drawn();
  await signing.draw();
  const drawn = await signing.drawn();
  expect(drawn).not.toBe(empty);

  troubles.expectAnswer(422, "/signature");
  await signing.type("Amy Haddad");
  const isMe = signing.page.getByRole("checkbox", { name: /^I am “Amy Haddad”/ });
  await expect(isMe).toBeVisible();
  await expect.poll(() => signing.drawn()).toBe(drawn);
  await isMe.check();
  await signing.press();
  await expect(signing.page.getByRole("heading", { name: /have signed/ })).toBeVisible();
});
