import type { SongSoundQuery } from "$generated/dashboard/areas/projects/projects";
import type { Studio } from "$lib/api/session.svelte";
import type { Track } from "$lib/player.svelte";
import { locale } from "$lib/text";

import { hrefOf } from "../../../route.svelte";
import { t } from "./text";

function thousandths(value: number): string {
  return new Intl.NumberFormat(locale(), {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: "negative",
  }).format(value / 1000);
}

/** Loudness, of thousandths: `−14.0 LUFS`. */
export function lufs(mlufs: number): string {
  return `${thousandths(mlufs)} LUFS`;
}

/** A true peak, of thousandths: `−1.0 dBTP`. */
export function peak(mdbtp: number): string {
  return `${thousandths(mdbtp)} dBTP`;
}

/** A mix as the player takes it, out of another file than its own if one is named; none before it can be heard. */
export function trackOfMix(
  studio: Studio,
  project: { id: string; title: string },
  song: { title: string },
  mix: SongSoundQuery["mixVersions"]["nodes"][number],
  asset = mix.sound?.audioAssetId,
): Track | null {
  const { sound } = mix;
  if (!asset || sound?.state !== "READY") return null;
  return {
    src: `/media/${asset}`,
    title: `${song.title}, ${t("mixNumber", { number: mix.number })}`,
    // A single is called as its only song is.
    by: project.title === song.title ? studio.name : project.title,
    href: hrefOf(studio.slug, "projects", project.id, "songs"),
    wave: "",
    length: (sound.durationMs ?? 0) / 1000,
    picture: "",
    price: "",
  };
}
