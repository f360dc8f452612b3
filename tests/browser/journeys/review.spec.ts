import { Producer } from "../house/api";
import { Dashboard, MixDesk } from "../house/dashboard";
import { Review } from "../house/guests";
import { beat } from "../house/sound";
import { expect, test } from "../house/test";

test("a mix is uploaded, heard, changed and approved in two rounds", async ({
  page,
  visitor,
  world,
  person,
}) => {
  const [owner, artist] = [person("Rana Okafor"), person("Mara Lindqvist")];
  const producer = await Producer.open(world.base, owner, `Two rounds ${owner.email}`);
  const { project } = await producer.openRecord("Slow Train", artist);
  const studio = await visitor();
  const songs = `/dashboard/${producer.studio.slug}/projects/${project}/songs`;
  await new Dashboard(studio).signIn(producer.login, songs);
  const desk = new MixDesk(studio);
  await desk.includeRounds(2);
  await desk.openReview(artist);
  await desk.upload("Slow Train, mix 1.wav", beat("Slow Train, mix 1"), "The first of them");
  await desk.send(1);

  const review = new Review(page);
  await page.goto(await artist.mail.link("review"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Version 1 is here to be heard");
  const sound = page.locator("audio").first();
  // It is made ready for those who listen once it is sent to them.
  await expect(async () => {
    await page.reload();
    await expect(sound).toBeAttached({ timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  const source = (await sound.locator("source").or(sound).last().getAttribute("src")) ?? "";
  expect((await page.request.get(source)).headers()["content-type"]).toBe("audio/mpeg");
  await review.comment("0:01", "0:03", "The drums are a little in front of me.");
  await review.askForRevision();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Version 1 is being revised");

  await desk.answer(artist.name, "They stand behind you now.");
  await desk.upload("Slow Train, mix 2.wav", beat("Slow Train, mix 2"), "The drums further back");
  await desk.send(2);
  await page.reload();
  await expect(review.version(2)).toContainText("Under review");
  await expect(review.version(1)).toContainText("1 comment");
  await review.approve(2);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Version 2 is approved");
});
