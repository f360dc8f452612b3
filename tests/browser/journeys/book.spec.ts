import { Booking, Checkout } from "../house/guests";
import { expect, test } from "../house/test";

test("a room is booked, the deposit paid ahead", async ({ page, world, person }) => {
  const [booking, client] = [new Booking(page), person("Jonas Weber")];
  await booking.choose(world.studio.slug, "Room A");
  await expect(page.getByRole("main")).toContainText("EUR 60.00");
  await booking.ask(client, "Vocals for a single");
  await new Checkout(page).pay();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your booking is confirmed");
  await client.mail.link("bookings");
});
