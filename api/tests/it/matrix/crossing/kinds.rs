//! Which of the fixture's things an id is of, and what is not crossed, with the reason.

/// By the last word of the way to an id: the fixture's variable, where no row of the matrix names one there.
const BY_WORD: &[(&str, &str)] = &[
    ("agreement", "agreement"),
    ("alternateOf", "work"),
    ("artworkAssetId", "asset"),
    ("asset", "asset"),
    ("assetId", "asset"),
    ("beat", "beat"),
    ("beats", "beat"),
    ("booking", "booking"),
    ("client", "client"),
    ("compOf", "take"),
    ("corrects", "cost"),
    ("credit", "sessionCredit"),
    ("equipment", "equipment"),
    ("gear", "gear"),
    ("hire", "party"),
    ("id", "bundle"),
    ("includedParty", "party"),
    ("member", "rosterUser"),
    ("ownerMember", "rosterUser"),
    ("ownerParty", "party"),
    ("parent", "reviewComment"),
    ("parties", "party"),
    ("party", "party"),
    ("partyId", "party"),
    ("paymentId", "payment"),
    ("project", "project"),
    ("recording", "recording"),
    ("room", "room"),
    ("sample", "sessionSample"),
    ("song", "song"),
    ("sourceAssetId", "asset"),
    ("take", "take"),
    ("version", "mixVersion"),
    ("voice", "asset"),
    ("work", "work"),
];

/// Variables of rows that are of nothing, and what stands for them here.
const INSTEAD: &[(&str, &str)] = &[("unknownBundle", "bundle"), ("royaltyStatement", "statement")];

/// A shop is open to everybody, so that whether there is one is no secret; what is bought there is told by its own ids, which are crossed.
const SHOP: &str = "a shop is open to everybody";
/// Lines of a cart are told by its secret alone, and the rows' secret is of no cart.
const CART: &str = "a cart's lines are known by its secret alone";

/// Whoever signs in is nobody yet.
const NOBODYS: &str = "what signs in with a passkey is nobody's, and its answer proves itself";

/// The ids that are not crossed, each as its field and its way; one that the schema has no more fails the test.
pub(super) const NOT_CROSSED: &[(&str, &str)] = &[
    ("Query.cart studio", SHOP),
    ("Mutation.addToCart input.studio", SHOP),
    ("Mutation.addBundleToCart input.studio", SHOP),
    ("Mutation.changeCartTier input.studio", SHOP),
    ("Mutation.changeCartTier input.line", CART),
    ("Mutation.removeFromCart input.studio", SHOP),
    ("Mutation.removeFromCart input.line", CART),
    ("Mutation.placeOrder input.studio", SHOP),
    ("Mutation.enterCoupon input.studio", SHOP),
    ("Mutation.setCartCountry input.studio", SHOP),
    ("Mutation.setCartCurrency input.studio", SHOP),
    ("Mutation.makeOffer input.studio", SHOP),
    ("Mutation.requestBooking input.studio", SHOP),
    ("Mutation.signInWithPasskey input.ceremony", NOBODYS),
];

/// The described paths of REST that are not crossed; one that is described no more fails the test.
pub(super) const PATHS_NOT_CROSSED: &[(&str, &str)] = &[
    ("/agreement/{token}/{name}", "the token is of one document, and the name is for people"),
    ("/calendars/{token}.ics", "the token is of one calendar"),
    ("/d/{token}/{name}", "the token is of one file, and the name is for people"),
    ("/graphql", "its fields are crossed one by one"),
    ("/health", "it is of no studio"),
    ("/metrics", "it is of no studio"),
    ("/uploads/{upload}", "an upload's address is a secret that only its sender was told"),
    ("/uploads/{upload}/part", "an upload's address is a secret that only its sender was told"),
    ("/uploads/single", "it takes the same studio by the same rule as `/uploads`, in a form"),
    ("/webhooks/{gateway}", "the gateway's signature decides"),
];

/// The fixture's variable for the id at the end of a way; `named` is what the row has there.
pub(super) fn variable<'a>(named: Option<&'a str>, way: &str) -> Option<&'a str> {
    let told = |pairs: &[(&str, &'static str)], word: &str| {
        pairs.iter().find(|(known, _)| *known == word).map(|(_, variable)| *variable)
    };
    match named {
        Some(name) => Some(told(INSTEAD, name).unwrap_or(name)),
        None => told(BY_WORD, way.rsplit('.').next().unwrap_or(way)),
    }
}

/// Whether the id of a field at the end of a way is left out.
pub(super) fn is_left_out(position: &str) -> bool {
    NOT_CROSSED.iter().any(|(known, _)| *known == position)
}
