//! `cargo xtask sbom`: what the program is made of, as a bill of materials in `CycloneDX` 1.6. Of the Rust crates it lists those that `cargo tree` says the program
//! depends on, with what cargo and its lock file know of them; of the npm packages those that the lock file of `web` has for more than development.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::web::root;

/// The package that the program is built of, and what the program is called.
const PROGRAM: (&str, &str) = ("cli", "ledgerline");

/// Writes the bill of materials into a file.
pub(crate) fn write(out: Option<PathBuf>, cargo: impl Fn() -> Command) -> Result<ExitCode> {
    let out = out.unwrap_or_else(|| super::built("dev").with_file_name("ledgerline.cdx.json"));
    let bill = Bill::of_the_house(cargo)?;
    if let Some(folder) = out.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let text = format!("{:#}\n", bill.cyclone_dx());
    fs::write(&out, text).with_context(|| format!("cannot write {}", out.display()))?;
    eprintln!("{} components are listed in {}", bill.components.len(), out.display());
    Ok(ExitCode::SUCCESS)
}

/// Components by the references under which they stand, and what depends on what.
#[derive(Default)]
struct Bill {
    version: String,
    components: BTreeMap<String, Value>,
    depends_on: BTreeMap<String, BTreeSet<String>>,
}

impl Bill {
    fn of_the_house(cargo: impl Fn() -> Command) -> Result<Self> {
        let mut bill = Self::default();
        bill.add_crates(&Crates::read(cargo)?)?;
        let lock = fs::read_to_string(root().join("web/package-lock.json")).context("web/package-lock.json")?;
        bill.add_packages(&serde_json::from_str::<Value>(&lock).context("web/package-lock.json")?)?;
        Ok(bill)
    }

    fn cyclone_dx(&self) -> Value {
        let (_, program) = PROGRAM;
        let depends_on = |(of, on): (&String, &BTreeSet<String>)| json!({ "ref": of, "dependsOn": on });
        json!({
            "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
            "bomFormat": "CycloneDX",
            "specVersion": "1.6",
            "version": 1,
            "metadata": {
                "component": { "type": "application", "bom-ref": program, "name": program, "version": self.version },
            },
            "components": self.components.values().collect::<Vec<_>>(),
            "dependencies": self.depends_on.iter().map(depends_on).collect::<Vec<_>>(),
        })
    }

    fn add(&mut self, reference: String, component: Value) {
        self.depends_on.entry(reference.clone()).or_default();
        self.components.insert(reference, component);
    }

    fn depends(&mut self, of: &str, on: impl IntoIterator<Item = String>) {
        self.depends_on.entry(of.to_owned()).or_default().extend(on);
    }

    fn add_crates(&mut self, crates: &Crates) -> Result<()> {
        let built_in = crates.reached_at_run_time();
        for (id, package) in &crates.members {
            let on: Vec<String> = crates.normal_dependencies(id).map(|on| crates.reference(on)).collect();
            if *id == crates.program {
                text(package, "version")?.clone_into(&mut self.version);
            } else {
                self.add(crates.reference(id), crates.component(package, built_in.contains(id))?);
            }
            self.depends(&crates.reference(id), on);
        }
        Ok(())
    }

    fn add_packages(&mut self, lock: &Value) -> Result<()> {
        let packages = lock["packages"].as_object().context("a lock file of npm has packages")?;
        for (path, package) in packages {
            if path.is_empty() {
                self.depends(PROGRAM.1, npm_dependencies(packages, path, package));
            } else if is_bundled(package) {
                let reference = npm_reference(path, package);
                self.add(reference.clone(), npm_component(path, package)?);
                self.depends(&reference, npm_dependencies(packages, path, package));
            }
        }
        Ok(())
    }
}

/// The crates of the program, as cargo tells them.
struct Crates {
    /// The id of the program's own package.
    program: String,
    /// It and what it depends on, by their ids.
    members: BTreeMap<String, Value>,
    /// What the workspace resolves to, by the same ids.
    nodes: BTreeMap<String, Value>,
    /// By name and version.
    checksums: BTreeMap<(String, String), String>,
}

impl Crates {
    fn read(cargo: impl Fn() -> Command) -> Result<Self> {
        let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let metadata = said(cargo().args([
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            platform.as_str(),
        ]))?;
        let metadata = serde_json::from_str::<Value>(&metadata).context("cargo's metadata are JSON")?;
        // The metadata join what any package of the workspace asks for, in tests too; the tree is of the program alone.
        let tree = ["tree", "--locked", "--package", PROGRAM.0, "--edges", "normal", "--prefix", "none", "--target"];
        let wanted = in_tree(&said(cargo().args(tree).arg(&platform).args(["--format", "{p}"]))?);
        let by_id = |list: &Value| -> BTreeMap<String, Value> {
            let items = list.as_array().into_iter().flatten();
            items.filter_map(|item| Some((item["id"].as_str()?.to_owned(), item.clone()))).collect()
        };
        let mut members = by_id(&metadata["packages"]);
        members.retain(|_, package| named(package).is_some_and(|named| wanted.contains(&named)));
        let program = members.iter().find(|(_, package)| package["name"] == PROGRAM.0).map(|(id, _)| id.clone());
        let lock = fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock")?;
        ensure!(members.len() == wanted.len(), "cargo's tree and its metadata tell of the same crates");
        Ok(Self {
            program: program.context("the program's package is in the workspace")?,
            members,
            nodes: by_id(&metadata["resolve"]["nodes"]),
            checksums: checksums(&lock),
        })
    }

    /// Where a crate stands in the bill: cargo's own ids name folders of this machine.
    fn reference(&self, id: &str) -> String {
        let name = self.members.get(id).and_then(named);
        match name {
            Some((name, version)) if id != self.program => format!("cargo:{name}@{version}"),
            _ => PROGRAM.1.to_owned(),
        }
    }

    /// What a crate of the program depends on while it is built, but for build scripts.
    fn normal_dependencies(&self, id: &str) -> impl Iterator<Item = &str> {
        let all = self.nodes.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten();
        let is_normal =
            |on: &&Value| on["dep_kinds"].as_array().is_some_and(|kinds| kinds.iter().any(|of| of["kind"].is_null()));
        let ids = all.filter(is_normal).filter_map(|on| on["pkg"].as_str());
        ids.filter(move |on| self.members.contains_key(*on))
    }

    /// The crates whose code is in the program: what only macros are made of is run by the compiler.
    fn reached_at_run_time(&self) -> BTreeSet<String> {
        let (mut reached, mut next) = (BTreeSet::new(), vec![self.program.clone()]);
        while let Some(id) = next.pop() {
            let is_run = self.members.get(&id).is_some_and(|package| !is_macro(package));
            if is_run && reached.insert(id.clone()) {
                next.extend(self.normal_dependencies(&id).map(str::to_owned));
            }
        }
        reached
    }

    fn component(&self, package: &Value, is_built_in: bool) -> Result<Value> {
        let (name, version) = named(package).context("a crate has a name and a version")?;
        let mut component = Map::new();
        let scope = if is_built_in { "required" } else { "excluded" };
        for (key, value) in [
            ("type", "library".to_owned()),
            ("bom-ref", format!("cargo:{name}@{version}")),
            ("name", name.clone()),
            ("version", version.clone()),
            ("scope", scope.to_owned()),
        ] {
            component.insert(key.to_owned(), value.into());
        }
        if let Some(licence) = package["license"].as_str() {
            component.insert("licenses".to_owned(), json!([{ "expression": expression(licence) }]));
        } else if let Some(file) = package["license_file"].as_str() {
            component
                .insert("licenses".to_owned(), json!([{ "license": { "name": format!("see {file} of the crate") } }]));
        }
        // Crates of the house have namesakes in the registry.
        if package["source"].is_string() {
            component.insert("purl".to_owned(), format!("pkg:cargo/{name}@{version}").into());
            let checksum = self.checksums.get(&(name.clone(), version.clone()));
            let checksum = checksum.with_context(|| format!("Cargo.lock has no checksum of {name} {version}"))?;
            component.insert("hashes".to_owned(), json!([{ "alg": "SHA-256", "content": checksum }]));
        }
        Ok(component.into())
    }
}

/// What a command says on its standard output.
fn said(command: &mut Command) -> Result<String> {
    let output = command.current_dir(root()).output().with_context(|| format!("cannot start {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    String::from_utf8(output.stdout).context("the answer is text")
}

/// Names and versions of the lines of a tree, such as `serde v1.0.229 (*)`.
fn in_tree(tree: &str) -> BTreeSet<(String, String)> {
    let named = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned()))
    };
    tree.lines().filter_map(named).collect()
}

fn named(package: &Value) -> Option<(String, String)> {
    Some((package["name"].as_str()?.to_owned(), package["version"].as_str()?.to_owned()))
}

fn is_macro(package: &Value) -> bool {
    let targets = package["targets"].as_array().into_iter().flatten();
    targets.filter_map(|target| target["kind"].as_array()).flatten().any(|kind| kind == "proc-macro")
}

/// The checksums of a lock file of cargo, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let of_package = |package: &str| {
        let value = |key: &str| {
            let value = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "))?;
            Some(value.trim_matches('"').to_owned())
        };
        Some(((value("name")?, value("version")?), value("checksum")?))
    };
    lock.split("[[package]]").skip(1).filter_map(of_package).collect()
}

/// A licence as SPDX writes it: older crates have a slash for `OR`.
fn expression(licence: &str) -> String {
    licence.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ")
}

/// Whether a package is there for more than development, and more than one that another could do with.
fn is_bundled(package: &Value) -> bool {
    ["dev", "devOptional", "optional", "link"].iter().all(|mark| package[mark] != true)
}

/// The name of a package by the folder that it is installed in.
fn npm_name(path: &str) -> &str {
    path.rsplit_once("node_modules/").map_or(path, |(_, name)| name)
}

fn npm_reference(path: &str, package: &Value) -> String {
    format!("npm:{}@{}", npm_name(path), package["version"].as_str().unwrap_or_default())
}

fn npm_component(path: &str, package: &Value) -> Result<Value> {
    let (name, version) = (npm_name(path), text(package, "version")?);
    let mut component = json!({
        "type": "library",
        "bom-ref": npm_reference(path, package),
        "name": name,
        "version": version,
        "scope": "required",
        "purl": format!("pkg:npm/{}@{version}", name.replace('@', "%40")),
    });
    if let Some(licence) = package["license"].as_str() {
        component["licenses"] = json!([{ "expression": licence }]);
    }
    let integrity = text(package, "integrity")?;
    let hash = integrity.strip_prefix("sha512-").and_then(hex_of_base64);
    let hash = hash.with_context(|| format!("{name} has another checksum than a SHA-512"))?;
    component["hashes"] = json!([{ "alg": "SHA-512", "content": hash }]);
    Ok(component)
}

/// What a package depends on and what must stand beside it, of what is bundled: each found as Node does.
fn npm_dependencies(packages: &Map<String, Value>, path: &str, package: &Value) -> BTreeSet<String> {
    let names = ["dependencies", "peerDependencies"].iter().filter_map(|kind| package[kind].as_object());
    let places = names.flat_map(Map::keys).filter_map(|name| npm_place(packages, path, name));
    let bundled = places.filter(|(_, package)| is_bundled(package));
    bundled.map(|(place, package)| npm_reference(&place, package)).collect()
}

/// Where a package finds another: in its own folder, or in one of those above.
fn npm_place<'p>(packages: &'p Map<String, Value>, from: &str, name: &str) -> Option<(String, &'p Value)> {
    let mut base = from;
    loop {
        let place =
            if base.is_empty() { format!("node_modules/{name}") } else { format!("{base}/node_modules/{name}") };
        if let Some(package) = packages.get(&place) {
            return Some((place, package));
        }
        if base.is_empty() {
            return None;
        }
        base = base.rfind("/node_modules/").map_or("", |at| &base[..at]);
    }
}

/// Hexadecimal digits of what is written in Base64; none if it is not.
fn hex_of_base64(text: &str) -> Option<String> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut hex, mut bits, mut held) = (String::new(), 0_u32, 0_u32);
    for digit in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|known| *known == digit)?;
        held = (held << 6 | u32::try_from(value).ok()?) & 0xfff;
        bits += 6;
        while bits >= 8 {
            bits -= 8;
            write!(hex, "{:02x}", (held >> bits) & 0xff).ok()?;
        }
    }
    Some(hex)
}

fn text<'v>(of: &'v Value, key: &str) -> Result<&'v str> {
    of[key].as_str().with_context(|| format!("{key} is missing of {}", of["name"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What depends on something, of a bill.
    fn edges(bill: &Value) -> BTreeMap<&str, Vec<&str>> {
        let all = bill["dependencies"].as_array().unwrap().iter();
        all.map(|entry| {
            let on = entry["dependsOn"].as_array().unwrap().iter().map(|on| on.as_str().unwrap()).collect();
            (entry["ref"].as_str().unwrap(), on)
        })
        .collect()
    }

    #[test]
    fn the_bill_of_the_house_is_whole() {
        let bill = Bill::of_the_house(crate::cargo).unwrap().cyclone_dx();
        assert_eq!((&bill["bomFormat"], &bill["specVersion"]), (&json!("CycloneDX"), &json!("1.6")));
        let components = bill["components"].as_array().unwrap();
        let references: BTreeSet<&str> = components.iter().map(|of| of["bom-ref"].as_str().unwrap()).collect();
        assert_eq!(references.len(), components.len(), "each stands there once");

        // Every crate that the program depends on, as the tree draws it, and each from the registry with the checksum of the lock file.
        let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let tree = [
            "tree",
            "--locked",
            "--package",
            "cli",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--target",
            platform.as_str(),
        ];
        let drawn = in_tree(&said(crate::cargo().args(tree)).unwrap());
        let own = ("cli".to_owned(), text(&bill["metadata"]["component"], "version").unwrap().to_owned());
        let expected: BTreeSet<String> = drawn
            .iter()
            .filter(|named| **named != own)
            .map(|(name, version)| format!("cargo:{name}@{version}"))
            .collect();
        let listed: BTreeSet<String> =
            references.iter().filter(|of| of.starts_with("cargo:")).map(|of| (*of).to_owned()).collect();
        assert!(expected.len() > 300 && listed == expected, "{:?}", listed.symmetric_difference(&expected));
        for component in components {
            let is_ours = component["purl"].is_null();
            let hash = component["hashes"][0]["content"].as_str();
            assert!(is_ours || hash.is_some_and(|hash| [64, 128].contains(&hash.len())), "{component}");
            assert!(!is_ours || component["licenses"][0]["expression"] == "MIT", "{component}");
        }

        // Every reference leads to something, and everything is led to.
        let edges = edges(&bill);
        let mut known = references.clone();
        known.insert("ledgerline");
        assert_eq!(edges.keys().copied().collect::<BTreeSet<_>>(), known);
        let (mut reached, mut next) = (BTreeSet::new(), vec!["ledgerline"]);
        while let Some(one) = next.pop() {
            if reached.insert(one) {
                next.extend(edges.get(one).unwrap_or_else(|| panic!("{one} is not there")));
            }
        }
        assert_eq!(reached, known);
        let text = bill.to_string();
        assert!(!text.contains("path+file") && !text.contains(&root().display().to_string()), "no folder is named");
        let scope = |reference: &str| components.iter().find(|of| of["bom-ref"] == reference).unwrap()["scope"].clone();
        let of = |name: &str| listed.iter().find(|of| of.starts_with(&format!("cargo:{name}@"))).unwrap();
        assert_eq!((scope(of("serde")), scope(of("serde_derive"))), (json!("required"), json!("excluded")));
        assert!(references.iter().any(|of| of.starts_with("npm:svelte@")), "the bundle's are listed too");
        assert!(!references.iter().any(|of| of.starts_with("npm:vitest@")), "and not those of development");
    }

    #[test]
    fn packages_are_found_as_node_finds_them() {
        let lock = json!({ "packages": {
            "": { "dependencies": { "a": "1" }, "devDependencies": { "tool": "1" } },
            "node_modules/a": { "version": "1.0.0", "license": "MIT", "integrity": "sha512-AAEC", "dependencies": { "@s/b": "1", "c": "1" } },
            "node_modules/a/node_modules/@s/b": { "version": "1.1.0", "integrity": "sha512-/+8=", "peerDependencies": { "c": "1", "tool": "1" } },
            "node_modules/@s/b": { "version": "2.0.0", "integrity": "sha512-AA==", "dev": true },
            "node_modules/c": { "version": "3.0.0", "integrity": "sha512-AQ==" },
            "node_modules/tool": { "version": "1.0.0", "integrity": "sha512-AA==", "dev": true },
        } });
        let mut bill = Bill::default();
        bill.add_packages(&lock).unwrap();
        let keys: Vec<&str> = bill.components.keys().map(String::as_str).collect();
        assert_eq!(keys, ["npm:@s/b@1.1.0", "npm:a@1.0.0", "npm:c@3.0.0"]);
        let on = |of: &str| bill.depends_on[of].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(on("ledgerline"), ["npm:a@1.0.0"]);
        assert_eq!(
            (on("npm:a@1.0.0"), on("npm:@s/b@1.1.0")),
            (vec!["npm:@s/b@1.1.0", "npm:c@3.0.0"], vec!["npm:c@3.0.0"])
        );
        let scoped = &bill.components["npm:@s/b@1.1.0"];
        assert_eq!(
            (&scoped["purl"], &scoped["hashes"][0]["content"]),
            (&json!("pkg:npm/%40s/b@1.1.0"), &json!("ffef"))
        );
        assert_eq!(bill.components["npm:a@1.0.0"]["hashes"][0]["content"], "000102");
    }

    #[test]
    fn licences_and_checksums_are_read() {
        assert_eq!(expression("MIT/Apache-2.0"), "MIT OR Apache-2.0");
        assert_eq!(expression("Apache-2.0 WITH LLVM-exception"), "Apache-2.0 WITH LLVM-exception");
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"x\"\nchecksum = \"ab\"\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n";
        assert_eq!(checksums(lock), BTreeMap::from([(("a".to_owned(), "1.0.0".to_owned()), "ab".to_owned())]));
        assert_eq!(hex_of_base64("no digit!"), None);
    }
}
