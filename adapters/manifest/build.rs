//! Finds the templates that are compiled in: every `connectors.d/templates/*.yaml`. Adding one is adding a file.
//!
//! Never reads what they say; the loader does, as it does with an operator's own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    // As cargo says it now: a build may have been copied from another folder.
    let package = env::var_os("CARGO_MANIFEST_DIR");
    let package = package.ok_or_else(|| io::Error::other("cargo sets CARGO_MANIFEST_DIR"))?;
    let folder = Path::new(&package).join("../../connectors.d/templates");
    println!("cargo::rerun-if-changed={}", folder.display());
    let files = fs::read_dir(&folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<PathBuf>>>()?;
    let mut templates: Vec<(String, PathBuf)> = files.into_iter().filter_map(template).collect();
    templates.sort();
    let mut list = String::from("&[\n");
    for (name, file) in &templates {
        let file = file.canonicalize()?;
        writeln!(
            list,
            "({name:?}, include_str!({:?})),",
            file.display().to_string()
        )
        .map_err(io::Error::other)?;
    }
    list.push(']');
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("templates.rs"), list)
}

/// The name of a template's file, without its ending.
fn template(file: PathBuf) -> Option<(String, PathBuf)> {
    let name = file
        .file_name()?
        .to_str()?
        .strip_suffix(".yaml")?
        .to_owned();
    Some((name, file))
}
