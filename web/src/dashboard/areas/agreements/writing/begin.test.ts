import { expect, test } from "vitest";

import { begun, type Own } from "./begin";
import { filledOf, lacks, written } from "./filling";
import { ofBooking, ofProject, quoteOf, titled, type Subject } from "./subject";
import { findTemplate, TEMPLATES, type Template } from "./templates";

const own: Own = {
  id: "studio_1",
  name: "Nova Sound",
  legalName: "Nova Sound GmbH",
  governingLaw: "Germany",
  address: "Am Kanal 3, Berlin",
  contactEmail: "nova@example.com",
};
const artist = { id: "party_2", name: "Mara", email: "mara@example.com", kind: "PERSON" as const };
const facts = { ...artist, legalName: "Mara Lind", ipi: null, isni: null };
const profile = {
  partyId: "party_2",
  pro: "STIM",
  address: { street: "Storgatan 1", postcode: "111 22", city: "Stockholm", region: null, country: "SE" },
};
const client = { party: facts, partyProfile: profile };
const quote = {
  id: "quote_1",
  reference: "QT-1",
  state: "SENT" as const,
  version: 2,
  requiresAgreement: true,
  agreementId: null,
  total: { minor: 120_000, currency: "EUR" },
  versions: [
    { number: 1, deposit: { ppm: 500_000 } },
    { number: 2, deposit: { ppm: 400_000 } },
  ],
};
const project = {
  id: "project_1",
  title: "Long Winter",
  state: "PLANNED" as const,
  dueOn: "2027-03-01",
  clientParty: { id: "party_2" },
  brief: { goals: "An EP of three songs", deliverables: "Three masters\n\nThe stems" },
  songs: [
    { id: "song_1", title: "Snow" },
    { id: "song_2", title: "Thaw" },
  ],
  people: [
    { id: "person_1", roleName: "writer", detail: "", party: facts },
    { id: "person_2", roleName: "performer", detail: "violin", party: facts },
    {
      id: "person_3",
      roleName: "producer",
      detail: "",
      party: { ...facts, id: "party_1", name: "Nova", email: "nova@example.com" },
    },
  ],
};

function template(code: Template["code"]): Template {
  const found = findTemplate(code);
  if (!found) throw new Error(`no ${code}`);
  return found;
}
const begins = (code: Template["code"], subject: Subject) =>
  begun(template(code), subject, own, "2026-12-03", { off: ["disputes"] });

test("what a project knows is filled in", () => {
  const draft = begins("mix_master", ofProject(project, [quote], client));
  expect(draft).toMatchObject({
    title: "Long Winter",
    dated: "2026-12-03",
    language: "en",
    clauses: { off: ["disputes"] },
    terms: {
      template: "mix_master",
      songs: ["Snow", "Thaw"],
      deliver_on: "2027-03-01",
      fee: { minor_units: 120_000, currency: "EUR", decimals: 2 },
      deposit_ppm: 400_000,
      ownership: { master: [{ party: 1, share_ppm: 1_000_000 }] },
    },
    general: {
      payment_terms: { due_days: 30, statements: "quarterly" },
      governing_law: "Germany",
      revision_limit: { rounds: 3 },
    },
  });
  expect(draft.parties).toEqual([
    {
      name: "Nova Sound",
      legal_name: "Nova Sound GmbH",
      address: "Am Kanal 3, Berlin",
      email: "nova@example.com",
      role: "engineer",
      signs: true,
    },
    {
      name: "Mara",
      legal_name: "Mara Lind",
      kind: "person",
      address: "Storgatan 1\n111 22 Stockholm\nSE",
      email: "mara@example.com",
      pro: "STIM",
      role: "client",
      signs: true,
    },
  ]);
});

test("a form that begins with a project lacks nothing but what only people know", () => {
  const subject = ofProject(project, [quote], client);
  for (const one of TEMPLATES) {
    const draft = begun(one, subject, own, "2026-12-03", {});
    const filled = filledOf(one, draft, "EUR");
    // What the studio brings to a collaboration.
    const open = one.code === "collaboration" ? [["terms.contributions", "contributions"]] : [];
    expect([...lacks(one, filled)], one.code).toEqual(open);
    // The form adds nothing of its own, and takes nothing away but rows that are empty yet.
    const rows = draft.terms.contributions as { part: string }[] | undefined;
    const contributions = rows?.filter(({ part }) => part);
    expect(written(one, draft, filled), one.code).toEqual({
      ...draft,
      terms: { ...draft.terms, contributions },
    });
  }
});

test("who takes part in a project collaborates, the studio once", () => {
  const { parties, terms } = begins("collaboration", ofProject(project, [], client));
  expect(parties.map(({ name, role }) => [name, role])).toEqual([
    ["Nova Sound", "collaborator"],
    ["Mara", "collaborator"],
  ]);
  expect(terms).toMatchObject({
    project: "An EP of three songs",
    contributions: [
      { party: 0, part: "" },
      { party: 1, part: "writer, violin" },
    ],
    ownership: {
      composition: [
        { party: 0, share_ppm: 500_000 },
        { party: 1, share_ppm: 500_000 },
      ],
    },
  });
});

test("the quote that holds decides, and the newest of those that do not yet", () => {
  const accepted = { ...quote, id: "quote_0", state: "ACCEPTED" as const };
  expect(quoteOf([quote, accepted])?.id).toBe("quote_0");
  expect(quoteOf([quote, { ...quote, id: "quote_0" }])?.id).toBe("quote_1");
  expect(quoteOf([{ ...quote, state: "DECLINED" }])).toBeUndefined();
});

test("a booking knows its client, its price and its deposit", () => {
  const booking = {
    id: "booking_1",
    title: "Vocals",
    clientName: "Ida",
    clientEmail: "ida@example.com",
    partyId: null,
    price: { minor: 30_000, currency: "SEK" },
    deposit: { minor: 10_000 },
  };
  expect(ofBooking(booking, null)).toMatchObject({
    title: "Vocals",
    client: { name: "Ida", email: "ida@example.com" },
    fee: { minor: 30_000, currency: "SEK" },
    depositPpm: 333_333,
  });
  expect(ofBooking({ ...booking, price: { minor: 0, currency: "SEK" } }, client)).not.toHaveProperty("fee");
});

test("without a client the studio orders work for hire, and does the work of the other templates", () => {
  const roles = (code: Template["code"]) =>
    begins(code, titled("Snow")).parties.map(({ name, role }) => [name, role]);
  expect(roles("work_for_hire")).toEqual([
    ["", "contractor"],
    ["Nova Sound", "client"],
  ]);
  expect(roles("producer")).toEqual([
    ["Nova Sound", "producer"],
    ["", "artist"],
  ]);
});

test("a studio that names no law has that of where it is", () => {
  const placeless = { ...own, governingLaw: "the place where the licensor is established" };
  const draft = begun(template("producer"), titled("Snow"), placeless, "2026-12-03", {});
  expect(draft.general.governing_law).toBe("the place where Nova Sound GmbH is established");
});
