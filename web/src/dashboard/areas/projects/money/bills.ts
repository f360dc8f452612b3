/** What quotes and invoices ask for, and of whom: as forms have it, and as the server takes it. */
import type {
  BillToInput,
  ChangeQuoteInput,
  InvoiceLineInput,
  QuoteToChangeQuery,
} from "$generated/dashboard/areas/projects/money/money";

import { printAmount, readAmount, readQuantity } from "./prices";

export interface LineForm {
  what: string;
  quantity: string;
  price: string;
  recoupable: boolean;
}

/** Whom it is for; a name or a mail address that is empty is the client's own. */
export interface BillForm {
  name: string;
  address: string;
  country: string;
  email: string;
  vatId: string;
  reverseCharge: boolean;
}

/** A client as far as it is known. */
export interface KnownClient {
  party: { name: string; email?: string | null };
  profile: {
    address?: {
      street?: string | null;
      postcode?: string | null;
      city?: string | null;
      country?: string | null;
    } | null;
  };
}

export type Version = NonNullable<QuoteToChangeQuery["quote"]>["versions"][number];

export function emptyLine(): LineForm {
  return { what: "", quantity: "1", price: "", recoupable: false };
}

/** Lines as they are sent; nothing while one of them is not whole. */
export function linesOf(lines: readonly LineForm[], currency: string): InvoiceLineInput[] | undefined {
  const read: InvoiceLineInput[] = [];
  for (const line of lines) {
    const [what, quantityMilli] = [line.what.trim(), readQuantity(line.quantity)];
    const minor = readAmount(line.price, currency);
    if (!what || quantityMilli === undefined || minor == null) return undefined;
    read.push({ what, quantityMilli, unitPrice: { minor, currency }, recoupable: line.recoupable });
  }
  return read;
}

/** What lines come to before tax, as the server reckons it: each by itself, rounded to the next unit; one that is not whole counts nothing. */
export function netOf(lines: readonly LineForm[], currency: string): number {
  return lines
    .map(({ quantity, price }) => (readQuantity(quantity) ?? 0) * (readAmount(price, currency) ?? 0))
    .reduce((all, thousandfold) => all + Math.round(thousandfold / 1000), 0);
}

/** Whom something new is for. */
export function billOfClient(client: KnownClient | null | undefined): BillForm {
  const place = client?.profile.address;
  const town = [place?.postcode, place?.city].filter(Boolean).join(" ");
  return {
    name: "",
    address: [place?.street, town].filter(Boolean).join("\n"),
    country: place?.country ?? "",
    email: "",
    vatId: "",
    reverseCharge: false,
  };
}

export function billToOf(form: BillForm): BillToInput {
  return {
    name: form.name.trim() || null,
    address: form.address.trim(),
    country: form.country.trim().toUpperCase() || null,
    email: form.email.trim() || null,
    vatId: form.vatId.trim() || null,
  };
}

/** Whom a version of a quote is for: what it has of its client as the client is known stays empty, and follows the client. */
export function billOfVersion(version: Version, client: KnownClient | null | undefined): BillForm {
  const { client: side, taxRate } = version;
  return {
    name: side.name === client?.party.name ? "" : side.name,
    address: side.address,
    country: side.country ?? "",
    email: side.email === client?.party.email ? "" : side.email,
    vatId: side.vatId ?? "",
    reverseCharge: taxRate?.reverseCharge ?? false,
  };
}

export function lineFormsOf(version: Version): LineForm[] {
  return version.lines.map(({ what, quantityMilli, unitPrice, recoupable }) => ({
    what,
    quantity: String(quantityMilli / 1000),
    price: printAmount(unitPrice.minor, unitPrice.currency),
    recoupable,
  }));
}

/** What a version says that its form does not show: it goes on as it is. */
export function keptOf(version: Version): Pick<ChangeQuoteInput, "milestones" | "lateFee"> {
  const { milestones, lateFee } = version;
  return {
    milestones: milestones.map(({ name, dueOn, phase, share, amount }) => ({
      name,
      dueOn: dueOn ?? null,
      phase: phase ?? null,
      sharePpm: share?.ppm ?? null,
      amount: amount ? { minor: amount.minor, currency: amount.currency } : null,
    })),
    lateFee: lateFee
      ? {
          graceDays: lateFee.graceDays,
          capPpm: lateFee.cap.ppm,
          flat: lateFee.flat ? { minor: lateFee.flat.minor, currency: lateFee.flat.currency } : null,
          monthlyPpm: lateFee.monthly?.ppm ?? null,
        }
      : null,
  };
}

const DAY_MS = 86_400_000;

/** For how many days a quote still holds, begun ones counted; as a new one, if its time is over. */
export function daysLeft(until: string, otherwise: number, now: number = Date.now()): number {
  const left = Math.ceil((Date.parse(until) - now) / DAY_MS);
  return left > 0 ? left : otherwise;
}

/** The instant so many days from now. */
export function inDays(days: number, now: number = Date.now()): string {
  return new Date(now + days * DAY_MS).toISOString();
}
