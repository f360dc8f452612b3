//! Subscriptions over a real websocket, as `graphql-transport-ws` has it.

use api::{ApiConfig, Limits};
use domain::actor::Role;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::support::{World, on_each_database, with_config};

const STUDIO: &str = "subscription($studio: ID!) { studioChanged(studio: $studio) }";
const RENDERS: &str = "subscription($beat: ID!) { renderProgress(beatId: $beat) { state } }";

/// A client's end of a websocket whose connection has been acknowledged.
struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// Connects with a token in the `Authorization` header, in the payload of `connection_init`, or not at all.
    async fn connect(world: &World, header: Option<&str>, payload: Value) -> Self {
        let mut request =
            format!("{}/graphql/ws", world.base.replace("http://", "ws://")).into_client_request().unwrap();
        request.headers_mut().insert("Sec-WebSocket-Protocol", "graphql-transport-ws".parse().unwrap());
        if let Some(token) = header {
            request.headers_mut().insert("Authorization", format!("Bearer {token}").parse().unwrap());
        }
        let mut client = Self(connect_async(request).await.unwrap().0);
        client.send(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(client.next().await["type"], "connection_ack");
        client
    }

    async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn next(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    async fn subscribe(&mut self, id: &str, beat: &str) -> Value {
        let payload = json!({ "query": RENDERS, "variables": { "beat": beat } });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload })).await;
        loop {
            // Others may be completed in between.
            let message = self.next().await;
            if message["id"] == id {
                return message;
            }
        }
    }
}

/// The code of the first error, wherever the protocol carries it.
fn code(message: &Value) -> &Value {
    let in_next = &message["payload"]["errors"][0]["extensions"]["code"];
    if in_next.is_null() { &message["payload"][0]["extensions"]["code"] } else { in_next }
}

/// The token of a person with a beat that is never rendered, and the beat.
async fn with_beat(world: &World) -> (String, String) {
    let (user, studio) = world.sign_up("Ada").await;
    let token = world.token(user).await.1;
    let create = "mutation($input: CreateBeatInput!) { createBeat(input: $input) { beat { id } } }";
    let input = json!({ "input": { "studio": studio.to_string(), "title": "Night Drive" } });
    let made = world.ask(Some(&token), create, input).await;
    (token, made["data"]["createBeat"]["beat"]["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_program_is_known_by_header_or_payload_and_a_stranger_by_neither() {
    on_each_database(async |world| {
        let (token, beat) = with_beat(world).await;
        let nothing_yet = json!({ "renderProgress": [] });
        let mut by_header = Client::connect(world, Some(&token), json!({})).await;
        assert_eq!(by_header.subscribe("1", &beat).await["payload"]["data"], nothing_yet);
        let bearer = json!({ "authorization": format!("Bearer {token}") });
        let mut by_payload = Client::connect(world, None, bearer).await;
        assert_eq!(by_payload.subscribe("1", &beat).await["payload"]["data"], nothing_yet);
        let mut nobody = Client::connect(world, None, json!({})).await;
        assert_eq!(code(&nobody.subscribe("1", &beat).await), "UNAUTHENTICATED");
        let stranger = world.sign_up("Eve").await.0;
        let token = world.token(stranger).await.1;
        let mut stranger = Client::connect(world, Some(&token), json!({})).await;
        assert_eq!(code(&stranger.subscribe("1", &beat).await), "NOT_FOUND");
    })
    .await;
}

#[tokio::test]
async fn whoever_follows_a_studio_is_told_what_changes_of_what_they_may_read() {
    on_each_database(async |world| {
        let (token, _) = with_beat(world).await;
        let studios = world.ask(Some(&token), "{ me { studios { id } } }", json!({})).await;
        let studio = studios["data"]["me"]["studios"][0]["id"].as_str().unwrap().to_owned();
        let viewer = world.add_member(studio.parse().unwrap(), Role::Viewer, "vera").await;
        let viewer = world.token(viewer).await.1;
        let mut clients = Vec::new();
        for token in [&token, &viewer] {
            let mut client = Client::connect(world, Some(token), json!({})).await;
            let payload = json!({ "query": STUDIO, "variables": { "studio": studio } });
            client.send(json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
            assert_eq!(client.next().await["payload"]["data"]["studioChanged"], json!([]));
            clients.push(client);
        }
        let [by_owner, by_viewer] = &mut clients[..] else { panic!("two follow") };
        // Of a client nobody is told who may not read of clients; of a beat both are.
        let create = "mutation($studio: ID!) { createClient(input: { studio: $studio, party: { kind: PERSON, name: \"Mia\" } }) { userErrors { code } } }";
        world.ask(Some(&token), create, json!({ "studio": studio })).await;
        assert_eq!(by_owner.next().await["payload"]["data"]["studioChanged"], json!(["CLIENTS"]));
        let create = "mutation($input: CreateBeatInput!) { createBeat(input: $input) { beat { id } } }";
        world.ask(Some(&token), create, json!({ "input": { "studio": studio, "title": "Dusk" } })).await;
        for client in [by_owner, by_viewer] {
            assert_eq!(client.next().await["payload"]["data"]["studioChanged"], json!(["BEATS"]));
        }
    })
    .await;
}

#[tokio::test]
async fn a_websocket_holds_so_many_and_a_completed_one_makes_room() {
    let limits = Limits { subscriptions: 2, ..Limits::default() };
    with_config(ApiConfig { limits, ..ApiConfig::default() }, "http://127.0.0.1", async |world| {
        let (token, beat) = with_beat(world).await;
        // The token in the payload gives the connection a second set of data: the places must not be given twice.
        let bearer = json!({ "authorization": format!("Bearer {token}") });
        let mut client = Client::connect(world, None, bearer).await;
        for id in ["1", "2"] {
            assert_eq!(client.subscribe(id, &beat).await["type"], "next");
        }
        assert_eq!(code(&client.subscribe("3", &beat).await), "TOO_MANY_SUBSCRIPTIONS");
        client.send(json!({ "id": "1", "type": "complete" })).await;
        // The server lets go of the first in its own time.
        let mut attempt = 4;
        while client.subscribe(&attempt.to_string(), &beat).await["payload"]["data"].is_null() {
            attempt += 1;
        }
        let mut other = Client::connect(world, Some(&token), json!({})).await;
        assert_eq!(other.subscribe("1", &beat).await["type"], "next");
    })
    .await;
}
