//! The user stories, in a real browser against the release binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::tally::Count;
use super::tools;
use crate::{build, workspace};

/// Builds the release binary, installs the locked packages and runs Playwright.
///
/// # Errors
/// When something cannot be built or installed, or Playwright breaks down without a result.
pub fn run(postgres_url: &str) -> Result<Count> {
    tools::oathtool()?;
    let mut playwright = playwright(&build::server(build::Kind::Release)?)?;
    let results = workspace::target().join("end2end-results.json");
    if results.exists() {
        fs::remove_file(&results)?;
    }
    playwright
        .arg("--reporter=list,json")
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &results)
        .env("DOORWARD_TEST_POSTGRES_URL", postgres_url);
    let succeeded = playwright.status().context("could not start Playwright")?.success();
    let count = read_count(&results)?;
    if !succeeded && count.failed == 0 {
        bail!("Playwright ended with an error");
    }
    Ok(count)
}

/// Runs the one story that measures the editor. It prints its figures and asserts no time.
///
/// # Errors
/// When something cannot be installed, or the story fails.
pub fn measure(binary: &Path) -> Result<()> {
    workspace::run(playwright(binary)?.args(["specs/verdict_time.spec.ts", "--project=desktop", "--reporter=list"]))
}

/// `playwright test` with everything it needs, against this binary.
fn playwright(binary: &Path) -> Result<Command> {
    tools::node()?;
    install_packages()?;
    let mut playwright = npx();
    playwright.args(["playwright", "test"]).env("DOORWARD_BINARY", binary);
    match tools::chromium() {
        Some(chromium) => playwright.env("DOORWARD_CHROMIUM", chromium),
        None => {
            install_playwright_browser()?;
            &mut playwright
        }
    };
    Ok(playwright)
}

fn folder() -> PathBuf {
    workspace::root().join("end2end")
}

fn npx() -> Command {
    let mut npx = Command::new("npx");
    npx.arg("--no-install").current_dir(folder());
    npx
}

/// `npm ci` empties the folder and fills it again, so it runs only when the lock file changed.
fn install_packages() -> Result<()> {
    let lock = fs::read(folder().join("package-lock.json")).context("end2end/package-lock.json is missing")?;
    let wanted = format!("{:x}", Sha256::digest(lock));
    let stamp = folder().join("node_modules/.doorward-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    workspace::run(
        Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund"])
            .current_dir(folder()),
    )?;
    fs::write(stamp, wanted)?;
    Ok(())
}

fn install_playwright_browser() -> Result<()> {
    let installed = workspace::run(npx().args(["playwright", "install", "chromium"]));
    installed.context("no Chromium: install it (Debian: `apt-get install chromium`) and run this command again")
}

fn read_count(results: &Path) -> Result<Count> {
    let text = fs::read(results).context("Playwright left no results")?;
    count(&serde_json::from_slice(&text)?)
}

/// A story that passes only at the second try is a failure: nobody can rely on it.
fn count(results: &Value) -> Result<Count> {
    let number = |name: &str| results["stats"][name].as_u64();
    let (Some(passed), Some(failed), Some(flaky)) = (number("expected"), number("unexpected"), number("flaky")) else {
        bail!("Playwright's results have no counts");
    };
    // Errors outside of any test: a file that does not load, or no test found at all.
    let broken = results["errors"].as_array().map_or(0, Vec::len) as u64;
    Ok(Count {
        passed,
        failed: failed + flaky + broken,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Count, count};

    #[test]
    fn counts() {
        let results = json!({ "errors": [{}], "stats": { "expected": 5, "unexpected": 1, "flaky": 2, "skipped": 3 } });
        assert_eq!(count(&results).unwrap(), Count { passed: 5, failed: 4 });
        assert!(count(&json!({ "errors": [] })).is_err());
    }
}
