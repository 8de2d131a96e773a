//! `docs/guarantees.md` names the tests that hold each promise; this looks whether they are there.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::workspace;

const PAGE: &str = "docs/guarantees.md";

/// Looks for every test that the page names.
///
/// # Errors
/// Names those that are not there.
pub fn check() -> Result<()> {
    let page = fs::read_to_string(workspace::root().join(PAGE)).with_context(|| format!("cannot read {PAGE}"))?;
    let mut sources = HashMap::new();
    let mut missing = vec![];
    let mut named = 0;
    for test in named_tests(&page) {
        named += 1;
        let source = sources
            .entry(test.file)
            .or_insert_with(|| fs::read_to_string(workspace::root().join(test.file)).unwrap_or_default());
        if !test.is_in(source) {
            missing.push(format!("{}{}{}", test.file, test.mark, test.name));
        }
    }
    ensure!(named > 0, "{PAGE} names no tests");
    ensure!(
        missing.is_empty(),
        "{PAGE} names tests that are not there:\n{}",
        missing.join("\n")
    );
    Ok(())
}

/// A test as the page names it.
#[derive(Debug, PartialEq, Eq)]
struct NamedTest<'a> {
    file: &'a str,
    /// Between file and name: it tells Rust from TypeScript.
    mark: &'static str,
    name: &'a str,
}

const OF_RUST: &str = "::";
const OF_BROWSER: &str = " › ";

impl NamedTest<'_> {
    fn is_in(&self, source: &str) -> bool {
        if self.mark == OF_RUST {
            source.contains(&format!("fn {}(", self.name))
        } else {
            ['"', '`', '\'']
                .iter()
                .any(|quote| source.contains(&format!("{quote}{}", self.name)))
        }
    }
}

/// What stands in backticks and begins with a file of tests. A title may hold backticks of its own: none does.
fn named_tests(page: &str) -> impl Iterator<Item = NamedTest<'_>> {
    page.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter_map(|text| {
            [OF_BROWSER, OF_RUST].into_iter().find_map(|mark| {
                let (file, name) = text.split_once(mark)?;
                let is_source = Path::new(file)
                    .extension()
                    .is_some_and(|end| end == "rs" || end == "ts");
                is_source.then_some(NamedTest { file, mark, name })
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_found_by_name() {
        let page =
            "| a promise | `app/src/a.rs::it_holds`, `end2end/specs/b.spec.ts › a person, twice: signs` |\n`Vec::new`";
        let named: Vec<_> = named_tests(page).collect();
        assert_eq!(named.len(), 2, "{named:?}");
        for (at, source, is_there) in [
            (0, "async fn it_holds(world: &World) {", true),
            (0, "fn it_holds_more() {", false),
            (1, "test(\"a person, twice: signs in\", async", true),
            (1, "test(\"another person\", async", false),
        ] {
            assert_eq!(named[at].is_in(source), is_there, "{source}");
        }
    }
}
