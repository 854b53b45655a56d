//! Generates the text catalogue: one constant per key of `locales/{id,en}/<feature>.json`, so that a
//! missing key is a compile error. Fails when the two languages differ in keys or placeholders.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

type Texts = BTreeMap<String, String>;

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../locales");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut features: Vec<String> =
        fs::read_dir(root.join("id"))?.filter_map(|entry| entry.ok()?.path().file_stem()?.to_str().map(str::to_owned)).collect();
    features.sort();
    let mut code = String::new();
    for feature in features {
        println!("cargo:rerun-if-changed={}", root.join(format!("id/{feature}.json")).display());
        println!("cargo:rerun-if-changed={}", root.join(format!("en/{feature}.json")).display());
        let id = read(&root.join(format!("id/{feature}.json")))?;
        let en = read(&root.join(format!("en/{feature}.json")))?;
        assert!(id.keys().eq(en.keys()), "locales/{{id,en}}/{feature}.json have different keys");
        writeln!(code, "/// Texts of `locales/*/{feature}.json`.\npub mod {feature} {{ use super::Text;")?;
        for (key, id) in &id {
            let en = &en[key];
            assert_eq!(placeholders(id), placeholders(en), "{feature}.{key}: placeholders differ");
            writeln!(code, "/// {id:?}\npub const {}: Text = Text({id:?}, {en:?});", key.to_uppercase())?;
        }
        code.push_str("}\n");
    }
    let out = PathBuf::from(env::var("OUT_DIR")?).join("texts.rs");
    fs::write(out, code)?;
    Ok(())
}

fn read(path: &Path) -> Result<Texts, Box<dyn Error>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?)
}

fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> =
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name.to_owned()).collect();
    names.sort();
    names
}
