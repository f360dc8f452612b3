/** Where everything is that opens by its address alone, by name: tours pass by it, and figures are taken of it. */
import type { World } from "./world";

export type Places = Record<string, string>;

/** What is sold. */
export function ofShop({ studio: { slug }, newcomer, beats: [first, , third] }: World): Places {
  const beat = `/s/${slug}/${first.slug}`;
  return {
    home: "/",
    shop: `/s/${slug}`,
    "shop empty": `/s/${newcomer.studio.slug}`,
    "shop nothing fits": `/s/${slug}?q=nothing+like+that`,
    beat,
    "beat free": `/s/${slug}/${third.slug}`,
    embed: `${beat}/embed`,
    contract: `${beat}/wav/contract`,
    offer: `${beat}/wav/offer`,
    portfolio: `/portfolio/${slug}`,
    "cart empty": `/s/${slug}/cart`,
  };
}

/** What was bought, and what is billed. */
export function ofOrders({ bought, links }: World): Places {
  return {
    "order ready": bought.url,
    "order unpaid": links.unpaid,
    claim: `${links.licence}/claim-release`,
    upgrade: `${links.licence}/upgrade`,
    "upgrade contract": `${links.licence}/upgrade/exclusive/contract`,
    quote: links.quote,
  };
}

/** Rooms. */
export function ofBooking({ studio: { slug }, newcomer, room }: World): Places {
  return {
    rooms: `/book/${slug}`,
    "rooms none": `/book/${newcomer.studio.slug}`,
    room: `/book/${slug}/${room}`,
  };
}

/** What links lead to, and what stands for itself. */
export function ofOthers({ links, bought }: World): Places {
  return {
    sign: links.sign,
    review: links.review,
    portal: links.portal,
    verify: "/verify",
    "verify reference": `/verify/${bought.reference}-1`,
    "password forgotten": "/account/forgotten",
    "address to confirm": "/account/verify?token=nothing-like-that",
    mailbox: "/mailbox",
  };
}

/** Every public page that is there without anything being done. */
export function ofPublic(world: World): Places {
  return { ...ofShop(world), ...ofOrders(world), ...ofBooking(world), ...ofOthers(world) };
}

/** The places of the dashboard behind its studio. */
export function ofDashboard({ ids }: Pick<World, "ids">): Places {
  return {
    today: "today",
    beats: "beats",
    "beats none fit": "beats?q=nothing+like+that",
    "beats coming in": "beats?upload",
    beat: `beats/${ids.beat}`,
    clients: "clients",
    "client new": "clients?new=1",
    "clients import": "clients/import",
    "clients mailing": "clients/mailing",
    "clients twice": "clients/twice",
    client: `clients/${ids.client}`,
    projects: "projects",
    "project new": "projects?new=1",
    project: `projects/${ids.project}`,
    "project songs": `projects/${ids.project}/songs`,
    "project sessions": `projects/${ids.project}/sessions`,
    "project money": `projects/${ids.project}/money`,
    "project brief": `projects/${ids.project}/brief`,
    calendar: "calendar",
    "calendar week": "calendar?view=week",
    "calendar month": "calendar?view=month",
    "calendar rooms": "calendar/rooms",
    "calendar feeds": "calendar/feeds",
    booking: `calendar/${ids.booking}`,
    sessions: "sessions",
    "session new": "sessions/new",
    session: `sessions/${ids.session}`,
    portfolio: "portfolio",
    "portfolio page": "portfolio/page",
    agreements: "agreements",
    "agreement new": "agreements/new",
    agreement: `agreements/${ids.sheet}`,
    orders: "orders",
    "orders offers": "orders/offers",
    "orders disputes": "orders/disputes",
    order: `orders/${ids.order}`,
    money: "money",
    "money journals": "money/journals",
    "money proof": "money/proof",
    royalties: "royalties",
    "royalties statements": "royalties/statements",
    "royalties waiting": "royalties/waiting",
    "royalties terms": "royalties/terms",
    "royalties runs": "royalties/runs",
    "royalties payees": "royalties/payees",
    "royalties disputes": "royalties/disputes",
    "royalties registrations": "royalties/registrations",
    payouts: "payouts",
    "payouts history": "payouts/history",
    "payouts files": "payouts/files",
    roster: "roster",
    settings: "settings",
    "settings domain": "settings/domain",
    "settings members": "settings/members",
    "settings licences": "settings/licences",
    "settings selling": "settings/selling",
    "settings clauses": "settings/clauses",
    "settings taxes": "settings/taxes",
    "settings invoices": "settings/invoices",
    "settings rooms": "settings/rooms",
    "settings seals": "settings/seals",
    "settings webhooks": "settings/webhooks",
    "settings keys": "settings/keys",
    "settings record": "settings/record",
    account: "account",
    "account password": "account/password",
    start: "start",
    "not there": "nothing-like-that",
  };
}

/** The first place of each area. */
export function ofAreas(places: Places): Places {
  return Object.fromEntries(Object.entries(places).filter(([, place]) => /^[a-z]+$/.test(place)));
}
