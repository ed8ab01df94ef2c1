//! What the program is made of, as CycloneDX 1.5 (ECMA-424) has it.

#![expect(clippy::indexing_slicing, reason = "what JSON does not have is null")]

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The crates that go into the program, with their licences, where they came from, and who needs whom; the same text for the same lock
/// file.
pub fn sbom() -> Result<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .output()
        .context("cargo metadata does not run")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    of_metadata(&serde_json::from_slice(&output.stdout)?)
}

fn of_metadata(metadata: &Value) -> Result<Value> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages: BTreeMap<String, Value> =
        list(&metadata["packages"]).into_iter().map(|package| (text(&package["id"]), package)).collect();
    let needs: BTreeMap<String, Vec<String>> = list(&metadata["resolve"]["nodes"])
        .into_iter()
        .map(|node| {
            // What tests need is no part of the program.
            let normal = |dep: &Value| list(&dep["dep_kinds"]).iter().any(|kind| kind["kind"] != "dev");
            let needed = list(&node["deps"]).iter().filter(|dep| normal(dep)).map(|dep| text(&dep["pkg"])).collect();
            (text(&node["id"]), needed)
        })
        .collect();
    let root = packages.iter().find(|(_, package)| package["name"] == "firsthand");
    let (root, program) = root.context("there is no package firsthand")?;
    let (mut known, mut waiting) = (BTreeSet::from([root.clone()]), vec![root.clone()]);
    while let Some(id) = waiting.pop() {
        let needed = needs.get(&id).into_iter().flatten();
        waiting.extend(needed.filter(|id| known.insert((*id).clone())).cloned());
    }
    let reference = |package: &Value| format!("pkg:cargo/{}@{}", text(&package["name"]), text(&package["version"]));
    let component = |package: &Value| {
        let mut component = json!({
            "type": if package["name"] == "firsthand" { "application" } else { "library" },
            "bom-ref": reference(package), "purl": reference(package), "name": package["name"], "version": package["version"],
        });
        if let (Some(license), Some(component)) = (package["license"].as_str(), component.as_object_mut()) {
            // The older way of writing "or".
            component.insert("licenses".to_owned(), json!([{ "expression": license.replace('/', " OR ") }]));
        }
        if let (Some(source), Some(component)) = (package["repository"].as_str(), component.as_object_mut()) {
            component.insert("externalReferences".to_owned(), json!([{ "type": "vcs", "url": source }]));
        }
        component
    };
    let of = |id: &String| packages.get(id).map(&reference);
    let parts: Vec<Value> =
        known.iter().filter(|id| *id != root).filter_map(|id| packages.get(id)).map(component).collect();
    let edges: Vec<Value> = known
        .iter()
        .filter_map(|id| {
            let on: BTreeSet<String> = needs.get(id).into_iter().flatten().filter_map(of).collect();
            Some(json!({ "ref": of(id)?, "dependsOn": on }))
        })
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": component(program) }, "components": parts, "dependencies": edges,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_needs_is_listed_and_what_tests_need_is_not() {
        let list = sbom().unwrap();
        let names: BTreeSet<&str> =
            list["components"].as_array().unwrap().iter().filter_map(|part| part["name"].as_str()).collect();
        for needed in ["firsthand-store", "rusqlite", "libsqlite3-sys", "tokio", "rustls"] {
            assert!(names.contains(needed), "{needed}");
        }
        for other in ["wiremock", "xtask", "firsthand-browser-tests"] {
            assert!(!names.contains(other), "{other}");
        }
        assert_eq!(list["metadata"]["component"]["name"], "firsthand");
        let references: BTreeSet<&str> =
            list["dependencies"].as_array().unwrap().iter().filter_map(|edge| edge["ref"].as_str()).collect();
        // Two versions of one crate have one name.
        assert!(
            references.len() > names.len() && references.iter().all(|reference| reference.starts_with("pkg:cargo/"))
        );
    }
}
