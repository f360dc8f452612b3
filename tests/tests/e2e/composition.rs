//! `deploy/docker-compose.yml`, read as Compose reads it: held against what Compose takes, against the program and the files beside it, and the one list of
//! variables that the test of many machines starts its processes with.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use serde_yaml::Value;

/// What a service may say here; a word that is misspelt would be an error of Compose's, or nothing at all.
const KEYS: [&str; 16] = [
    "build",
    "cap_drop",
    "command",
    "depends_on",
    "deploy",
    "entrypoint",
    "environment",
    "healthcheck",
    "image",
    "ports",
    "read_only",
    "restart",
    "security_opt",
    "stop_grace_period",
    "tmpfs",
    "volumes",
];

/// How long servers let requests finish.
const FINISH_S: u32 = 20;

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("deploy")
}

fn text(file: &str) -> String {
    fs::read_to_string(deploy().join(file)).expect("a file of deploy")
}

/// The composition.
pub(crate) struct Composition {
    services: BTreeMap<String, Value>,
    volumes: BTreeSet<String>,
}

impl Composition {
    /// As it stands in the file, with what its services share.
    pub(crate) fn read() -> Self {
        let mut whole: Value = serde_yaml::from_str(&text("docker-compose.yml")).expect("YAML without doubled keys");
        // Twice: what is merged may merge something itself.
        whole.apply_merge().and_then(|()| whole.apply_merge()).expect("what is merged is there");
        for (key, _) in entries(&whole) {
            assert!(["name", "services", "volumes"].contains(&key) || key.starts_with("x-"), "{key}");
        }
        let services = entries(&whole["services"]).map(|(name, service)| (name.to_owned(), service.clone())).collect();
        Self { services, volumes: entries(&whole["volumes"]).map(|(name, _)| name.to_owned()).collect() }
    }

    fn service(&self, name: &str) -> &Value {
        self.services.get(name).unwrap_or_else(|| panic!("there is no service {name}"))
    }

    /// The variables of a service. Those that it takes from whoever starts it are given; what nobody gives has its default, or is not set.
    pub(crate) fn environment(&self, service: &str, given: &[(&str, &str)]) -> BTreeMap<String, String> {
        let given: BTreeMap<&str, &str> = given.iter().copied().collect();
        let set = |(key, value): (&str, &Value)| match value {
            Value::Null => given.get(key).map(|value| (key.to_owned(), (*value).to_owned())),
            Value::String(value) => Some((key.to_owned(), filled(value, &given))),
            other => panic!("{service}: {key} is {other:?}; write it in quotes"),
        };
        entries(&self.service(service)["environment"]).filter_map(set).collect()
    }

    /// What a service runs.
    pub(crate) fn command(&self, service: &str) -> Vec<&str> {
        strings(&self.service(service)["command"])
    }

    /// Refuses a value that still leads to a service of the composition.
    pub(crate) fn assert_names_none(&self, value: &str) {
        for name in self.services.keys() {
            let is_host = ["//", "@"].iter().any(|before| {
                ["/", ":"].iter().any(|behind| format!("{value}/").contains(&format!("{before}{name}{behind}")))
            });
            assert!(!is_host, "{value} leads to {name}");
        }
    }

    /// The services of the program itself.
    fn programs(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.services.iter().filter(|(_, service)| service["image"] == "ledgerline")
    }

    /// Whether Compose can tell that a service is well: by its own check, or by that of the program's image.
    fn is_checked(&self, name: &str) -> bool {
        let service = self.service(name);
        match &service["healthcheck"] {
            Value::Null => service["image"] == "ledgerline" && text("Dockerfile").contains("\nHEALTHCHECK "),
            check => check["disable"] != true,
        }
    }

    /// Whether one service waits for another, itself or by those that it waits for.
    fn waits_for(&self, one: &str, other: &str) -> bool {
        entries(&self.service(one)["depends_on"]).any(|(on, _)| on == other || self.waits_for(on, other))
    }
}

/// The keys and values of a table; none of what is not there.
fn entries(of: &Value) -> impl Iterator<Item = (&str, &Value)> {
    assert!(of.is_null() || of.is_mapping(), "{of:?} is no table");
    of.as_mapping().into_iter().flatten().map(|(key, value)| (key.as_str().expect("a key is a word"), value))
}

/// The words of a list; none of what is not there.
fn strings(of: &Value) -> Vec<&str> {
    assert!(of.is_null() || of.is_sequence(), "{of:?} is no list");
    of.as_sequence().into_iter().flatten().map(|word| word.as_str().expect("a word; put it in quotes")).collect()
}

/// A value with what stands for `${NAME}`, `${NAME:-default}` and `${NAME:?message}`.
fn filled(value: &str, given: &BTreeMap<&str, &str>) -> String {
    let Some((before, rest)) = value.split_once("${") else { return value.to_owned() };
    let (inside, after) = rest.split_once('}').expect("what is opened is closed");
    let (name, default) = inside.split_once(":-").map_or((inside, None), |(name, default)| (name, Some(default)));
    let name = name.split_once(":?").map_or(name, |(name, _)| name);
    let found = given.get(name).copied().or(default).unwrap_or_else(|| panic!("nobody gives {name}"));
    format!("{before}{found}{}", filled(after, given))
}

/// A duration of whole seconds.
fn seconds(of: &Value) -> u32 {
    of.as_str().and_then(|text| text.strip_suffix('s')?.parse().ok()).unwrap_or_else(|| panic!("{of:?} is no time"))
}

#[test]
fn every_service_is_what_compose_takes() {
    let composition = Composition::read();
    assert!(composition.services.len() > 7);
    for (name, service) in &composition.services {
        for (key, _) in entries(service) {
            assert!(KEYS.contains(&key), "{name}: {key}");
        }
        assert!(service["image"].is_string(), "{name} has an image");
        assert!(
            ["unless-stopped", "no"].iter().any(|known| service["restart"] == *known) || service["restart"].is_null()
        );
        for command in ["command", "entrypoint"] {
            strings(&service[command]);
        }
        for port in strings(&service["ports"]) {
            let parts: Vec<&str> = port.split(':').collect();
            assert!(
                matches!(parts[..], ["127.0.0.1", outer, inner] if outer.parse::<u16>().is_ok() && inner.parse::<u16>().is_ok()),
                "{name}: {port}"
            );
        }
        for volume in strings(&service["volumes"]) {
            let parts: Vec<&str> = volume.split(':').collect();
            let [source, target, ref mode @ ..] = parts[..] else { panic!("{name}: {volume}") };
            let is_there = composition.volumes.contains(source)
                || source.strip_prefix("./").is_some_and(|file| deploy().join(file).is_file());
            assert!(is_there && target.starts_with('/') && (mode.is_empty() || mode == ["ro"]), "{name}: {volume}");
        }
        let check = &service["healthcheck"];
        for (key, _) in entries(check) {
            assert!(["test", "interval", "disable"].contains(&key), "{name}: {key}");
        }
        if !check.is_null() && check["disable"] != true {
            assert!(strings(&check["test"]).first() == Some(&"CMD") && seconds(&check["interval"]) <= 10, "{name}");
        }
    }
    let used: BTreeSet<&str> = composition.services.values().flat_map(|service| strings(&service["volumes"])).collect();
    for volume in &composition.volumes {
        assert!(used.iter().any(|used| used.starts_with(&format!("{volume}:"))), "{volume} is used by nobody");
    }
}

#[test]
fn every_service_waits_for_what_can_come_about() {
    let composition = Composition::read();
    let mut waiting = 0;
    for (name, service) in &composition.services {
        assert!(!composition.waits_for(name, name), "{name} waits for itself");
        for (on, how) in entries(&service["depends_on"]) {
            let other = composition.service(on);
            match how["condition"].as_str() {
                Some("service_healthy") => assert!(composition.is_checked(on), "{name} waits until {on} is well"),
                Some("service_completed_successfully") => {
                    assert!(
                        other["restart"] == "no" || other["restart"].is_null(),
                        "{on} ends, and is not started anew"
                    );
                }
                other => panic!("{name} waits for {on}: {other:?}"),
            }
            waiting += 1;
        }
    }
    assert!(waiting > 8);
    // The schema is there before anybody asks for it.
    for (name, service) in composition.programs() {
        let is_schema = strings(&service["command"]) == ["migrate"];
        assert!(
            composition.waits_for(name, "database") && (is_schema || composition.waits_for(name, "schema")),
            "{name}"
        );
    }
}

#[test]
fn the_program_may_write_where_it_must_and_nowhere_else() {
    let (composition, image) = (Composition::read(), text("Dockerfile"));
    let data = image.split("LEDGERLINE_DATA_DIR=").nth(1).and_then(|rest| rest.split_whitespace().next());
    let data = data.expect("the image says where its data are");
    assert!(image.contains("\nUSER nonroot\n") && image.contains(&format!("--chown=nonroot:nonroot /data {data}\n")));
    assert!(composition.programs().count() >= 4);
    for (name, service) in composition.programs() {
        assert!(service["read_only"] == true, "{name}");
        assert_eq!(strings(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(strings(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        assert_eq!(strings(&service["tmpfs"]), ["/tmp"], "{name}");
        assert_eq!(strings(&service["volumes"]), [format!("data:{data}")], "{name}");
        assert!(seconds(&service["stop_grace_period"]) > FINISH_S, "{name}");
    }
}

#[test]
fn whoever_is_spoken_to_is_there_and_believes_the_same_keys() {
    let composition = Composition::read();
    let given = [("POSTGRES_PASSWORD", "p4ss"), ("STORE_ACCESS_KEY", "store"), ("STORE_SECRET_KEY", "s3cret")];
    for (name, _) in given {
        assert!(text("example.env").lines().any(|line| line.strip_suffix('=') == Some(name)), "{name}");
    }
    let all: Vec<_> = composition.programs().map(|(name, _)| composition.environment(name, &given)).collect();
    let ours = composition.environment("api-1", &given);
    for (key, value) in all.iter().flatten().filter(|(key, _)| ours.contains_key(*key)) {
        assert_eq!(value, &ours[key], "servers and workers have the same {key}");
    }

    let of = |service: &str| composition.environment(service, &given);
    let (database, store) = (of("database"), of("store"));
    let url = format!(
        "postgres://{}:{}@database/{}",
        database["POSTGRES_USER"], database["POSTGRES_PASSWORD"], database["POSTGRES_DB"]
    );
    assert_eq!(ours["LEDGERLINE_DATABASE_URL"], url);
    assert_eq!(
        (&ours["AWS_ACCESS_KEY_ID"], &ours["AWS_SECRET_ACCESS_KEY"]),
        (&store["ROOT_ACCESS_KEY"], &store["ROOT_SECRET_KEY"])
    );
    let bucket = strings(&composition.service("bucket")["entrypoint"]);
    assert_eq!(bucket.last().copied(), Some(format!("/data/{}", ours["LEDGERLINE_S3_BUCKET"]).as_str()));
    assert_eq!(composition.command("store"), ["posix", "/data"]);
    let check = strings(&composition.service("store")["healthcheck"]["test"]).concat();
    let port = ours["LEDGERLINE_S3_ENDPOINT"].strip_prefix("http://store:").expect("the store");
    assert!(check.contains(&format!(":{port}{}", store["VGW_HEALTH"])), "{check}");
    assert_eq!(ours["LEDGERLINE_SMTP_URL"], "smtp+plain://mail:1025", "where Mailpit listens");

    // The balancer sends to each server, where the image listens; and is published where people are told to go.
    let (caddy, image) = (text("Caddyfile"), text("Dockerfile"));
    let listens = image.split("LEDGERLINE_LISTEN=0.0.0.0:").nth(1).and_then(|rest| rest.split_whitespace().next());
    let listens = listens.expect("the image says where it listens");
    let servers: BTreeSet<String> = composition
        .programs()
        .filter(|(_, service)| strings(&service["command"]) == ["serve", "--no-worker"])
        .map(|(name, _)| format!("{name}:{listens}"))
        .collect();
    let upstreams = caddy.lines().find_map(|line| line.trim().strip_prefix("reverse_proxy ")?.strip_suffix(" {"));
    let upstreams: BTreeSet<String> = upstreams.expect("upstreams").split(' ').map(str::to_owned).collect();
    assert!(servers.len() == 2 && servers == upstreams, "{servers:?} {upstreams:?}");
    for server in &servers {
        assert!(text("prometheus.yml").contains(server.as_str()), "{server} is asked for its measurements");
    }
    let waited: BTreeSet<String> =
        entries(&composition.service("balancer")["depends_on"]).map(|(name, _)| format!("{name}:{listens}")).collect();
    assert_eq!(waited, servers);
    let sandbox = ours["LEDGERLINE_SANDBOX_URL"].strip_prefix("http://balancer:").expect("the balancer");
    let public = ours["LEDGERLINE_PUBLIC_URL"].strip_prefix("http://localhost:").expect("this machine");
    assert!(caddy.contains(&format!("\n:{sandbox} {{")), "{sandbox}");
    assert_eq!(strings(&composition.service("balancer")["ports"]), [format!("127.0.0.1:{public}:{sandbox}")]);
}

#[test]
fn what_stands_for_a_variable_is_filled_in() {
    let given = BTreeMap::from([("A", "1")]);
    assert_eq!(filled("x${A:?say it}-${B:-2}-${A}y", &given), "x1-2-1y");
    let composition = Composition::read();
    composition.assert_names_none("http://127.0.0.1:7070/store:1");
    for value in ["http://store:7070", "postgres://l:p@database/l", "smtp+plain://mail:1025", "http://balancer"] {
        assert!(std::panic::catch_unwind(|| composition.assert_names_none(value)).is_err(), "{value}");
    }
}
