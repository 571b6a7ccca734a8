// A partner's program, against the client that is generated from our document. It is compiled strictly, so that a type that
// the document gets wrong stops it, and then run against a server; a test reads the JSON that it prints.

import createClient from "openapi-fetch";
import type { paths as feedPaths } from "./hsds";
import type { paths } from "./v1";

const base = process.argv[2]!;
const kith = createClient<paths>({ baseUrl: base });
const feed = createClient<feedPaths>({ baseUrl: base });

const found = await kith.GET("/v1/search", {
  params: { query: { q: "grief support", near: "LS6 2", audience: ["men"], age: 34, per_page: 5 } },
});
if (!found.data) throw new Error(found.error.title);
const cards = found.data.results.items.map((card) => ({
  name: card.name,
  // Not stated is absent, and the types say so.
  phone: card.phones?.[0]?.number ?? null,
  routes: card.how_to_come?.routes ?? [],
  place: card.place.label,
  km: card.distance_km ?? null,
}));

const same = await kith.POST("/v1/search", {
  body: { q: "grief support", near: "LS6 2", audience: ["men"], age: 34, per_page: 5 },
});

const wrong = await kith.GET("/v1/search", { params: { query: { near: "Lieds" } } });
const problem = wrong.error ? { type: wrong.error.type, status: wrong.error.status } : null;

const first = found.data.results.items[0]!;
const listing = await kith.GET("/v1/services/{id}", { params: { path: { id: first.id } } });

// The whole directory, walked.
let after: string | undefined;
let walked = 0;
for (let pages = 0; pages < 100; pages += 1) {
  const page = await kith.GET("/v1/services", { params: { query: { per_page: 100, ...(after ? { after } : {}) } } });
  if (!page.data) throw new Error(`the walk ended early: ${page.error.title}`);
  walked += page.data.items.length;
  // `next` is the address of the next page.
  after = page.data.next ? (new URL(page.data.next, base).searchParams.get("after") ?? undefined) : undefined;
  if (!after) break;
}

const fed = await feed.GET("/hsds/services", { params: { query: { page: 1, per_page: 2 } } });
const feedTotal = fed.data?.total_items ?? null;

console.log(
  JSON.stringify({
    total: found.data.results.total,
    postTotal: same.data?.results.total ?? null,
    cards,
    problem,
    listing: listing.data?.card.name ?? null,
    walked,
    feedTotal,
  }),
);
