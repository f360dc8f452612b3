import { TierNamesDocument, type TierCode } from "$generated/dashboard/areas/settings/selling/selling";
import { live } from "$lib/api/live.svelte";
import type { Studio } from "$lib/api/session.svelte";

/** The licence tiers of a studio by the names that it sells them under. */
export class Tiers {
  readonly #shown;

  constructor(studio: () => Studio) {
    this.#shown = live(TierNamesDocument, () => ({ studio: studio().id }));
  }

  get all(): readonly { code: TierCode; name: string }[] {
    return (this.#shown.data?.tiers ?? []).map(({ terms }) => ({ code: terms.tier, name: terms.tierName }));
  }

  readonly of = (code: TierCode): string => this.all.find((tier) => tier.code === code)?.name ?? code;
}
