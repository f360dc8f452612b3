//! Embeds the pages that Vite has built of `web/` (`web/dist`) in the crate, as `bundle.rs` in the build's folder. Where they were not built it embeds
//! nothing, and the crate builds and serves its own pages all the same.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let here =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("cargo names no crate"))?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names no folder"))?);
    let web = here.join("../web");
    let dist = web.join("dist");
    // A path that is watched and is not there would have the crate built anew each time; the folder above tells when it comes.
    let watched = if dist.is_dir() { &dist } else { &web };
    if watched.is_dir() {
        println!("cargo::rerun-if-changed={}", watched.display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    fs::write(out.join("bundle.rs"), embed(&dist)?)
}

/// The table of the built files: their names, which tell their content, and their bytes. The build puts all of them in one folder.
fn embed(dist: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    if dist.is_dir() {
        for entry in fs::read_dir(dist)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                files.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
            }
        }
    }
    files.sort();
    let mut table = String::from("static FILES: &[(&str, &[u8])] = &[\n");
    for (name, path) in files {
        let path = path.canonicalize()?;
        let path = path.to_str().ok_or_else(|| io::Error::other("the path of a built page is not UTF-8"))?;
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),").map_err(io::Error::other)?;
    }
    table.push_str("];\n");
    Ok(table)
}
