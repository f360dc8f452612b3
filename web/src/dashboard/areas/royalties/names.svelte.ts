import { PartiesDocument, SubjectsDocument } from "$generated/dashboard/areas/royalties/royalties";
import { live } from "$lib/api/live.svelte";
import type { Studio } from "$lib/api/session.svelte";

/** The parties, recordings, works and releases of a studio, for forms to choose from and for sentences to name. */
export class Names {
  readonly #parties;
  readonly #subjects;

  constructor(studio: () => Studio) {
    this.#parties = live(PartiesDocument, () => ({ studio: studio().id }));
    this.#subjects = live(SubjectsDocument, () => ({ studio: studio().id }));
  }

  get parties() {
    return this.#parties.data?.parties.nodes ?? [];
  }
  get beats() {
    return this.#subjects.data?.beats.nodes ?? [];
  }
  get releases() {
    return this.#subjects.data?.releases.nodes ?? [];
  }

  readonly of = (id: string): string => {
    const party = this.parties.find((one) => one.id === id);
    if (party) return party.name;
    const beat = this.beats.find(({ recording, work }) => recording?.id === id || work?.id === id);
    if (beat) return beat.title;
    return this.releases.find(({ ean }) => `ean_${ean}` === id || ean === id)?.title ?? id;
  };
}
