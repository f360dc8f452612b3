import type { BeatRowFragment } from "$generated/dashboard/areas/beats/beats";
import type { Studio } from "$lib/api/session.svelte";
import type { Track } from "$lib/player.svelte";
import { drawPeaks, readPeaks } from "$ui/wave";

import { hrefOf } from "../../route.svelte";

/** A beat's preview as the player takes it; none while there is no preview. */
export function trackOf(studio: Studio, beat: BeatRowFragment, wave = ""): Track | null {
  if (!beat.preview) return null;
  return {
    src: `/media/${beat.preview.id}`,
    title: beat.title,
    by: studio.name,
    href: hrefOf(studio.slug, "beats", beat.id),
    wave,
    length: (beat.preview.durationMs ?? 0) / 1000,
    picture: beat.artwork ? `/media/${beat.artwork.id}` : "",
    price: "",
  };
}

/** The drawing of a beat's waveform; empty if there is none. */
export async function waveOf(beat: BeatRowFragment): Promise<string> {
  if (!beat.waveform) return "";
  try {
    const answer = await fetch(`/media/${beat.waveform.id}`);
    const peaks = answer.ok ? readPeaks(await answer.arrayBuffer()) : null;
    return peaks ? drawPeaks(peaks) : "";
  } catch {
    return "";
  }
}
