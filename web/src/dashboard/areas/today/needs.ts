import type { TodayQuery } from "$generated/dashboard/areas/today/today";
import type { Studio } from "$lib/api/session.svelte";
import { day, money, moment } from "$lib/format";
import type { IconName } from "$ui/icons";

import { areasOf } from "../../areas";
import { hrefOf } from "../../route.svelte";
import { waitsFor } from "./signing";
import { t } from "./text";

/** One thing that needs somebody: what it is, and where it is seen to. */
export interface Need {
  key: string;
  icon: IconName;
  tone: "plain" | "note" | "bad";
  text: string;
  detail?: string;
  href?: string;
  /** The job to be tried again. */
  job?: string;
}

/** What needs somebody, the most pressing first, of them what whoever has the address is to sign. It leads only into areas that there are. */
export function needsOf(studio: Studio, email: string, data: TodayQuery): Need[] {
  const there = new Set(areasOf(studio).map((area) => area.path));
  const into = (area: string, ...rest: string[]) =>
    there.has(area) ? hrefOf(studio.slug, area, ...rest) : undefined;
  const drafts = data.drafts.nodes;
  const refused = drafts.filter(({ source }) => source?.state === "REFUSED");
  const unsigned = drafts.filter(({ splitUnsigned }) => splitUnsigned);
  const ready = drafts.filter(({ source, splitUnsigned }) => source?.state === "READY" && !splitUnsigned);
  const parked = data.parkedLines?.nodes.length ?? 0;
  const revisions = data.revisions?.nodes.length ?? 0;
  return [
    ...(data.disputes?.nodes ?? [])
      .filter(({ answeredAt }) => answeredAt === null)
      .map(({ id, amount, evidenceBy, order }): Need => ({
        key: id,
        icon: "alert",
        tone: "bad",
        text: t("dispute", { amount: money(amount) }),
        detail: [order?.reference, evidenceBy && t("disputeBy", { when: moment(evidenceBy) })]
          .filter(Boolean)
          .join(" · "),
        href: into("orders"),
      })),
    ...(data.deadLetters?.nodes ?? []).map(({ id, kind, lastError }): Need => ({
      key: id,
      icon: "alert",
      tone: "bad",
      text: t("dead", { kind: kind.replaceAll("_", " ") }),
      detail: lastError ?? undefined,
      job: id,
    })),
    ...refused.map(({ id, title, source }): Need => ({
      key: id,
      icon: "disc",
      tone: "bad",
      text: t("refused", { title }),
      detail: source?.refusal ?? undefined,
      href: into("beats", id),
    })),
    ...(data.dueTasks?.nodes ?? []).map(({ id, title, dueOn, isLate, project }): Need => ({
      key: id,
      icon: "board",
      tone: isLate ? "note" : "plain",
      text: isLate ? t("late", { title }) : t("due", { title, when: dueOn ? day(dueOn) : "" }),
      detail: project?.title,
      href: project ? into("projects", project.id) : undefined,
    })),
    ...(data.buyerOffers?.nodes ?? []).map(({ id, beatTitle, buyerEmail, expiresAt, amount }): Need => ({
      key: id,
      icon: "tag",
      tone: "note",
      text: t("offer", { amount: money(amount), beat: beatTitle }),
      detail: t("offerBy", { buyer: buyerEmail, when: moment(expiresAt) }),
      href: into("orders"),
    })),
    ...(data.countered?.nodes ?? []).map(({ id, title, reference }): Need => ({
      key: id,
      icon: "contract",
      tone: "note",
      text: t("countered", { title }),
      detail: reference,
      href: into("agreements", id),
    })),
    ...[...(data.sent?.nodes ?? []), ...(data.partlySigned?.nodes ?? [])]
      .filter((agreement) => waitsFor(email, agreement))
      .map(({ id, title, reference }): Need => ({
        key: id,
        icon: "contract",
        tone: "note",
        text: t("toSign", { title }),
        detail: t("toSignBy", { reference }),
        href: into("agreements", id),
      })),
    ...some("revisions", revisions, {
      icon: "retry",
      tone: "note",
      text: t("revisions", { count: revisions }),
      href: into("projects"),
    }),
    ...(data.bookings?.nodes ?? []).map(({ id, title, startsAt, clientName, room }): Need => ({
      key: id,
      icon: "calendar",
      tone: "plain",
      text: room ? t("booking", { title, room: room.name }) : title,
      detail: [moment(startsAt), clientName].filter(Boolean).join(" · "),
      href: into("calendar", id),
    })),
    ...some("unsigned", unsigned.length, {
      icon: "contract",
      tone: "note",
      text: t("unsigned", { count: unsigned.length }),
      href: into("agreements") ?? into("beats"),
    }),
    ...some("parked", parked, {
      icon: "coins",
      tone: "note",
      text: t("parked", { count: parked }),
      href: into("agreements"),
    }),
    ...some("drafts", ready.length, {
      icon: "disc",
      tone: "plain",
      text: data.drafts.pageInfo.hasNextPage
        ? t("draftsMore", { count: ready.length })
        : t("drafts", { count: ready.length }),
      href: there.has("beats") ? `${hrefOf(studio.slug, "beats")}?view=drafts` : undefined,
    }),
  ];
}

function some(key: string, count: number, need: Omit<Need, "key">): Need[] {
  return count > 0 ? [{ key, ...need }] : [];
}
