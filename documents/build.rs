//! Finds the Japanese font, and fingerprints what decides a document's bytes.
//!
//! The font lies within a package that is a procedural macro and gives it to nobody else, so the package is a dependency for a platform that
//! nobody builds for: resolved and fetched, never built. Cargo tells where it lies.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

const PACKAGE: &str = "mplusfonts-macros";
/// The platform in Cargo.toml. It is bare, so that with it Cargo fetches little that is not needed anyway.
const PLATFORM: &str = "riscv32i-unknown-none-elf";
const FONT: &str = "fonts/MPLUS1[wght].ttf";

/// Packages whose fonts are bundled, and the one that writes the PDF's structure: no version of the typesetter tells theirs.
const FONTS: [&str; 4] = ["dejavu", PACKAGE, "typst-assets", "krilla"];

/// Sources that read files and write none.
const READERS: [&str; 1] = ["seal"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../Cargo.lock");
    println!("cargo::rerun-if-changed=src");
    // What is there already needs no network; a first build from an empty cache fetches it.
    let (packages, font) = located(&["--offline"]).or_else(|_| located(&[]))?;
    println!("cargo::rerun-if-changed={}", font.display());
    println!("cargo::rustc-env=DOCUMENTS_M_PLUS_1={}", font.display());
    println!("cargo::rustc-env=DOCUMENTS_MAKER={}", maker(&packages)?);
    Ok(())
}

/// A fingerprint of this crate's sources, but for those that only read, and of the versions of its fonts: two programs that make other bytes of
/// the same data differ in it.
fn maker(packages: &[serde_json::Value]) -> Result<String, Box<dyn Error>> {
    let mut versions: Vec<String> = packages
        .iter()
        .filter(|package| FONTS.iter().any(|font| package["name"] == *font))
        .map(|package| format!("{} {}", package["name"], package["version"]))
        .collect();
    versions.sort_unstable();
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files)?;
    files.sort_unstable();
    let mut hash = Sha256::new();
    hash.update(versions.join("\n"));
    for file in files {
        let bytes = std::fs::read(&file)?;
        hash.update(format!("\n{} {}\n", file.display(), bytes.len()));
        hash.update(bytes);
    }
    Ok(hex::encode(hash.finalize())[..16].to_owned())
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if !path.is_dir() {
            found.push(path);
        } else if !READERS.iter().any(|reader| path.ends_with(reader)) {
            sources(&path, found)?;
        }
    }
    Ok(())
}

/// The packages of this build, and where the font lies.
fn located(more: &[&str]) -> Result<(Vec<serde_json::Value>, PathBuf), Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["metadata", "--format-version", "1", "--locked", "--filter-platform", PLATFORM];
    let output = Command::new(cargo).args(arguments).args(more).output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().ok_or("cargo lists no packages")?;
    let package = packages.iter().find(|package| package["name"] == PACKAGE).ok_or("the package is not listed")?;
    let manifest = Path::new(package["manifest_path"].as_str().ok_or("the package has no manifest")?);
    let font = manifest.parent().ok_or("the package has no folder")?.join(FONT);
    let packages = packages.clone();
    if font.is_file() { Ok((packages, font)) } else { Err(format!("{} is not there", font.display()).into()) }
}
