//! Clients in GraphQL, and lists of them as files.

use domain::{
    clients::{
        commands::{NewClient, create_client},
        entity::ClientStage,
        imports::enter_import,
    },
    ids::ClientImportId,
    parties::{PartyInput, entity::PartyKind},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    matrix::fixture::Fixture,
    support::{World, on_each_database},
};

/// The columns of the studio's owner, and of others in it.
const OWNER: usize = 2;
const ENGINEER: usize = 4;
const STRANGER: usize = 1;

async fn ask(world: &World, fixture: &Fixture, document: &str) -> Value {
    let token = fixture.token(world, OWNER).await.unwrap();
    world.ask(Some(&token), document, fixture.variables_of(document)).await
}

#[tokio::test]
async fn a_client_is_entered_told_of_moved_and_found() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let create = r#"mutation($studio: ID!) { createClient(input: { studio: $studio, stage: TALKING,
            party: { kind: PERSON, name: "Łucja Nowak", email: "lucja@example.com" } }) {
            client { id stage party { id name } } userErrors { code field } } }"#;
        let answer = ask(world, &fixture, create).await;
        let client = answer["data"]["createClient"]["client"].clone();
        assert_eq!((&client["stage"], &client["party"]["name"]), (&json!("TALKING"), &json!("Łucja Nowak")), "{answer}");
        let party = client["party"]["id"].as_str().unwrap();
        let update = format!(
            r#"mutation {{ updatePartyProfile(input: {{ party: "{party}", pro: "ZAiKS", tags: ["Vocals"],
                address: {{ city: "Kraków", country: "PL" }}, links: [{{ url: "soundcloud.com/lucja" }}],
                contacts: [{{ kind: PHONE, value: "+48 12 345 67 89", label: "studio" }}] }}) {{
                profile {{ pro tags address {{ city country }} links {{ kind url }} contacts {{ kind value label }} }}
                userErrors {{ code field }} }} }}"#
        );
        let answer = ask(world, &fixture, &update).await;
        let expected = json!({
            "pro": "ZAiKS", "tags": ["vocals"], "address": { "city": "Kraków", "country": "PL" },
            "links": [{ "kind": "SOUNDCLOUD", "url": "https://soundcloud.com/lucja" }],
            "contacts": [{ "kind": "PHONE", "value": "+48 12 345 67 89", "label": "studio" }],
        });
        assert_eq!(answer["data"]["updatePartyProfile"]["profile"], expected, "{answer}");
        let note = format!(r#"mutation {{ addPartyNote(input: {{ party: "{party}", words: "Sings" }}) {{ note {{ words }} }} }}"#);
        ask(world, &fixture, &note).await;
        let found = r#"query($studio: ID!) { clients(studio: $studio, filter: { search: "nowak lucja", tag: "vocals" }, order: NAME) {
            nodes { stage profile { pro notes { nodes { words writtenById } } } timeline(first: 2) { nodes { kind title } pageInfo { hasNextPage } } }
            pageInfo { hasNextPage } } }"#;
        let answer = ask(world, &fixture, found).await;
        let nodes = answer["data"]["clients"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}"));
        assert_eq!((nodes.len(), &nodes[0]["profile"]["notes"]["nodes"][0]["words"]), (1, &json!("Sings")));
        let kinds: Vec<&Value> = nodes[0]["timeline"]["nodes"].as_array().unwrap().iter().map(|node| &node["kind"]).collect();
        assert_eq!(kinds.len(), 2);
        assert!(kinds.contains(&&json!("NOTE")) && kinds.contains(&&json!("STAGE")), "{answer}");

        let both = r#"mutation($studio: ID!, $party: ID!) { createClient(input: { studio: $studio, partyId: $party,
            party: { kind: PERSON, name: "Bo" } }) { client { id } userErrors { code field remedy } } }"#;
        let answer = ask(world, &fixture, both).await;
        let refused = json!([{ "code": "ONE_PARTY", "field": "party", "remedy": "send either partyId or party" }]);
        assert_eq!(answer["data"]["createClient"]["userErrors"], refused);
        let wrong = "query($studio: ID!) { clients(studio: $studio, order: NAME, after: \"client_00000000000000000000000000000000\") { nodes { id } } }";
        let answer = ask(world, &fixture, wrong).await;
        assert_eq!(answer["errors"][0]["extensions"]["field"], json!("after"), "{answer}");
    })
    .await;
}

#[tokio::test]
async fn likenesses_mergers_and_erasures_are_told_and_refused_by_name() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let alike = "query($studio: ID!) { partyLikenesses(studio: $studio, first: 1) {
            nodes { kind shared parties { kind name } } pageInfo { hasNextPage endCursor } } }";
        let answer = ask(world, &fixture, alike).await;
        let cleo = json!({ "kind": "NAME", "shared": "cleo", "parties": [{ "kind": "PERSON", "name": "Cleo" }, { "kind": "COMPANY", "name": "Cleo" }] });
        assert_eq!(answer["data"]["partyLikenesses"]["nodes"], json!([cleo]), "{answer}");
        let merge = "mutation($twin: ID!, $clientParty: ID!) { mergeParties(input: { from: $twin, into: $clientParty }) {
            party { id } userErrors { code field remedy } } }";
        let answer = ask(world, &fixture, merge).await;
        assert_eq!(answer["data"]["mergeParties"]["userErrors"][0]["code"], json!("NOT_ALIKE"), "{answer}");
        let preview = "query($clientParty: ID!) { partyErasure(party: $clientParty) { erasedAt lines { class erased rows } } }";
        let answer = ask(world, &fixture, preview).await;
        assert_eq!(answer["data"]["partyErasure"]["erasedAt"], Value::Null, "{answer}");
        let erase = r#"mutation($clientParty: ID!) { eraseParty(input: { party: $clientParty, name: "Cleo" }) {
            erasure { erasedAt lines { class erased rows } } userErrors { code } } }"#;
        let answer = ask(world, &fixture, erase).await;
        let erasure = &answer["data"]["eraseParty"]["erasure"];
        let lines = erasure["lines"].as_array().unwrap_or_else(|| panic!("{answer}"));
        assert!(lines.contains(&json!({ "class": "NOTES", "erased": true, "rows": 1 })), "{answer}");
        let again = ask(world, &fixture, erase).await;
        assert_eq!(again["data"]["eraseParty"]["userErrors"][0]["code"], json!("ERASED"), "{again}");
        let shown = "query($client: ID!) { client(id: $client) { party { name } profile { erasedAt } } }";
        let answer = ask(world, &fixture, shown).await;
        assert_eq!(answer["data"]["client"]["party"]["name"], json!("Erased party"), "{answer}");
        assert!(answer["data"]["client"]["profile"]["erasedAt"].is_string());
    })
    .await;
}

async fn send(world: &World, fixture: &Fixture, column: usize, path: &str, body: &[u8]) -> (StatusCode, Value) {
    let request = world.http.post(format!("{}{}", world.base, fixture.path_of(path))).body(body.to_vec());
    let request = match fixture.token(world, column).await {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.send().await.unwrap();
    (answer.status(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_list_is_sent_looked_at_entered_and_written_out() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let list = "Name,E-mail,IPI,Stage\nŁucja Nowak,lucja@example.com,045620792,agreed\n=1+1,x@example.com,,\n";
        let path = "/studios/{slug}/clients.csv";
        for (column, status) in [(0, StatusCode::UNAUTHORIZED), (STRANGER, StatusCode::NOT_FOUND), (ENGINEER, StatusCode::FORBIDDEN)] {
            assert_eq!(send(world, &fixture, column, path, list.as_bytes()).await.0, status);
        }
        let (status, refused) = send(world, &fixture, OWNER, path, b"nothing of it\n1\n").await;
        assert_eq!((status, &refused["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("BAD_LIST")), "{refused}");
        let (status, _) = send(world, &fixture, OWNER, path, &vec![b'x'; (10 << 20) + 1]).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);

        let (status, staged) = send(world, &fixture, OWNER, path, list.as_bytes()).await;
        assert_eq!(status, StatusCode::CREATED);
        let counts = json!({ "id": staged["id"], "enter": 1, "update": 0, "same": 0, "refuse": 1 });
        assert_eq!(staged, counts);
        let id = staged["id"].as_str().unwrap();
        let lines = format!(r#"query {{ clientImport(id: "{id}") {{ state lines(first: 1, after: "2") {{ nodes {{ number outcome name problem }} pageInfo {{ hasNextPage }} }} }} }}"#);
        let answer = ask(world, &fixture, &lines).await;
        let line = &answer["data"]["clientImport"]["lines"]["nodes"][0];
        assert_eq!((&line["number"], &line["outcome"], &line["name"]), (&json!(3), &json!("REFUSE"), &json!("=1+1")), "{answer}");
        let commit = format!(r#"mutation {{ commitClientImport(id: "{id}") {{ import {{ state }} userErrors {{ code }} }} }}"#);
        let answer = ask(world, &fixture, &commit).await;
        assert_eq!(answer["data"]["commitClientImport"]["import"]["state"], json!("ENTERING"), "{answer}");
        let import: ClientImportId = id.parse().unwrap();
        enter_import(&world.services, import).await.unwrap();

        let token = fixture.token(world, OWNER).await.unwrap();
        let get = async |path: &str| {
            let url = format!("{}{}", world.base, fixture.path_of(path));
            let answer = world.http.get(url).bearer_auth(&token).send().await.unwrap();
            let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
            (kind, answer.bytes().await.unwrap())
        };
        let (kind, table) = get(path).await;
        assert_eq!(kind, "text/csv; charset=utf-8; header=present");
        let text = std::str::from_utf8(&table).unwrap();
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headings = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        let row = rows.iter().find(|row| &row[0] == "Łucja Nowak").unwrap();
        let cell = |heading: &str| &row[headings.iter().position(|known| known == heading).unwrap()];
        assert_eq!((cell("IPI"), cell("Stage"), cell("Kind")), ("00045620792", "agreed", "person"));
        let (kind, cards) = get("/studios/{slug}/clients.vcf").await;
        assert_eq!(kind, "text/vcard; charset=utf-8");
        let cards = String::from_utf8(cards.to_vec()).unwrap();
        assert!(cards.contains("FN:Łucja Nowak") && cards.contains("EMAIL:lucja@example.com"), "{cards}");
        // What was written out says nothing new.
        let (_, again) = send(world, &fixture, OWNER, path, &table).await;
        assert_eq!((&again["enter"], &again["update"], &again["refuse"]), (&json!(0), &json!(0), &json!(0)), "{again}");
    })
    .await;
}

/// How many statements a document asks of the database.
pub(crate) async fn statements(world: &World, fixture: &Fixture, document: &str) -> usize {
    world.counted(fixture.actor(OWNER), document, fixture.variables_of(document)).await.1
}

#[tokio::test]
async fn a_longer_list_asks_no_more_of_the_database() {
    on_each_database(async |world| {
        let fixture = Fixture::new(world).await;
        let list = "query($studio: ID!) { clients(studio: $studio, first: 100, order: NAME) { nodes { id stage party { name email }
            profile { pro tags contacts { value } links { url } client { id } } } } }";
        let few = statements(world, &fixture, list).await;
        let ctx = world.services.ctx(fixture.actor(OWNER));
        let studio = fixture.variables_of("$studio:")["studio"].as_str().unwrap().parse().unwrap();
        let tx = world.services.begin().await.unwrap();
        for n in 0..60 {
            let party = PartyInput {
                kind: PartyKind::Person,
                name: format!("Client {n}"),
                legal_name: None,
                email: None,
                ipi: None,
                isni: None,
            };
            create_client(&tx, &ctx, studio, NewClient::New(party), ClientStage::Lead).await.unwrap();
        }
        tx.commit().await.unwrap();
        let many = statements(world, &fixture, list).await;
        assert!(few > 0, "the statements are counted");
        assert_eq!(many, few);
        // And a timeline is one, however much has happened.
        let timeline = "query($client: ID!) { client(id: $client) { timeline(first: 100) { nodes { kind title } } } }";
        assert_eq!(statements(world, &fixture, timeline).await, 3, "the client, twice, and what has happened");
    })
    .await;
}
