//! Finds the Japanese font. It lies within a package that is a procedural macro and gives it to nobody else, so the package is a dependency
//! for a platform that nobody builds for: resolved and fetched, never built. Cargo tells where it lies.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "mplusfonts-macros";
/// The platform in Cargo.toml. It is bare, so that with it Cargo fetches little that is not needed anyway.
const PLATFORM: &str = "riscv32i-unknown-none-elf";
const FONT: &str = "fonts/MPLUS1[wght].ttf";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../Cargo.lock");
    // What is there already needs no network; a first build from an empty cache fetches it.
    let font = locate(&["--offline"]).or_else(|_| locate(&[]))?;
    println!("cargo::rerun-if-changed={}", font.display());
    println!("cargo::rustc-env=DOCUMENTS_M_PLUS_1={}", font.display());
    Ok(())
}

fn locate(more: &[&str]) -> Result<PathBuf, Box<dyn Error>> {
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
    if font.is_file() { Ok(font) } else { Err(format!("{} is not there", font.display()).into()) }
}
