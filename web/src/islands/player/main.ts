/** The player of a shop: every preview of a page plays through one bar, which plays on from page to page. */
import { mount } from "svelte";

import { Player as Sounding, type Track } from "$lib/player.svelte";
import Bar from "$ui/player/Player.svelte";

import { island, renew } from "../island";
import { replace } from "../replace";
import { keepDocument } from "./navigation";
import Sound from "./Sound.svelte";

const player = new Sounding(new Audio());
const shown = new Map<HTMLElement, Track>();

/** What the page says of a recording; none while its preview is being made. */
function read(element: HTMLElement): Track | null {
  const src = element.querySelector("audio source")?.getAttribute("src");
  const said = element.dataset;
  if (!src) return null;
  return {
    src,
    title: said.title ?? "",
    by: said.by ?? "",
    href: said.href ?? "",
    wave: element.querySelector(".wave path")?.getAttribute("d") ?? "",
    length: Number(said.lengthMs ?? 0) / 1000,
    picture: said.picture ?? "",
    price: said.price ?? "",
  };
}

const queue = () =>
  [...document.querySelectorAll<HTMLElement>("[data-track]")].flatMap((element) => shown.get(element) ?? []);

island("[data-track]", (element) => {
  const track = read(element);
  if (!track) return;
  shown.set(element, track);
  const undo = replace(element, Sound, { player, track, queue });
  return () => {
    shown.delete(element);
    undo();
  };
});

player.restore();
mount(Bar, { target: document.body, props: { player } });
keepDocument({ wanted: () => player.track !== null, arrived: renew });
