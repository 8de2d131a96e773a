//! `cargo xtask bench`: figures of the release binary on this machine.

use anyhow::Result;

use crate::test::{end2end, postgres, tools};
use crate::{build, workspace};

/// Builds what is measured and what measures it, starts PostgreSQL, and prints the report. `arguments` go to the
/// measuring program.
///
/// # Errors
/// When something cannot be built or started, or the product refuses a request.
pub fn run(arguments: &[String]) -> Result<()> {
    let binary = build::server(build::Kind::Release)?;
    workspace::run(workspace::cargo().args(["build", "--release", "--package", "doorward-bench"]))?;
    let cluster = match tools::postgres().and_then(|binaries| postgres::Cluster::start(&binaries)) {
        Ok(cluster) => Some(cluster),
        Err(error) => {
            eprintln!("PostgreSQL is not measured: {error:#}");
            None
        }
    };
    let mut command = std::process::Command::new(workspace::target().join("release/doorward-bench"));
    command.arg("--binary").arg(&binary).args(arguments);
    if let Some(cluster) = &cluster {
        command.env("DOORWARD_TEST_POSTGRES_URL", &cluster.url);
    }
    workspace::run(&mut command)?;
    // The rest is measured without a browser.
    if let Err(error) = end2end::measure(&binary) {
        eprintln!("The editor is not measured: {error:#}");
    }
    Ok(())
}
