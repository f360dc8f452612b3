import { Producer } from "../house/api";
import { Dashboard, Portal, Signing } from "../house/pages";
import { expect, test } from "../house/test";

const HEADER =
  "Date Inserted\tReporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSource Type\tCountry of Sale\tSongwriter Royalties Withheld (USD)\tEarnings (USD)\tRecoup (USD)";
const ISRC = "QZAB12600001";
const line = (store: string, quantity: number, earnings: string) =>
  `2025-02-05\t2025-02-01\t2025-01\t${store}\tVera\tTin Roof\t${ISRC}\t\t${quantity}\t100\tStreaming\tUS\t0\t${earnings}\t0`;

test("a statement becomes what a payee is told, to the single line", async ({
  page,
  visitor,
  world,
  person,
}) => {
  const [owner, payee] = [person("Vera Stone"), person("Orson Vale")];
  const producer = await Producer.open(world.base, owner, `Tin Roof ${owner.email}`, "USD");
  const song = await producer.sell("Tin Roof", { isrc: ISRC });
  // Money follows what was signed.
  const halves = [
    { person: owner, role: "producer", percent: 50 },
    { person: payee, role: "artist", percent: 50 },
  ];
  await producer.sendSheet(song, halves, "2020-01-01");
  for (const { person: signer } of halves) {
    const signing = new Signing(await visitor(), signer);
    await signing.open();
    await signing.sign();
  }

  const dashboard = new Dashboard(page);
  await dashboard.signIn(producer.login, `/dashboard/${producer.studio.slug}/royalties/statements`);
  const text = [HEADER, line("Spotify", 41_000, "150.00"), line("Tidal", 9_000, "50.00"), ""].join("\n");
  const asked = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (
    await asked
  ).setFiles({
    name: "January.tsv",
    mimeType: "text/tab-separated-values",
    buffer: Buffer.from(text),
  });
  const arriving = page.getByRole("region", { name: "On their way in" });
  await expect(arriving).toContainText("2 lines");
  await expect(arriving).toContainText("Counts");

  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByRole("button", { name: "Reckon", exact: true }).click();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByRole("button", { name: "Post it to the books" }).click();
  await page.getByRole("link", { name: "Their statements" }).click();
  const more = page.getByRole("button", { name: `What else for ${payee.name}` });
  await expect(async () => {
    await page.reload();
    await more.click();
    await page.getByRole("menuitem", { name: "Mail it" }).click({ timeout: 2_000 });
    await expect(page.getByText("It is on its way").first()).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });

  const told = await visitor();
  const portal = new Portal(told);
  await told.goto(await payee.mail.link("royalties"));
  // The mail leads to the statement itself; all of them are a step away.
  await portal.all();
  await portal.newest();
  await expect(told.getByRole("main")).toContainText("USD 100.00");
  await portal.title("Tin Roof");
  await expect(told.getByRole("main")).toContainText(/spotify/i);
  await portal.dispute("I count more streams than that.");

  await page.goto(`/dashboard/${producer.studio.slug}/royalties/disputes`);
  await expect(page.getByText("I count more streams than that.")).toBeVisible();
});
