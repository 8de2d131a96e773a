//! `doorward backup`: a copy of the database and of the key that opens it, taken while the server goes on.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use doorward_storage::Store;
use url::Url;

use super::open_existing;
use super::transfer::write_new;
use crate::config::Config;

/// The database in a backup of SQLite. Has the name it has in a data directory.
const DATABASE: &str = "doorward.db";
const DUMP: &str = "doorward.dump";
const KEY: &str = "secret.key";

/// Writes a backup into a folder that is not there yet.
///
/// # Errors
/// A sentence for the operator.
pub async fn run(config: Config, folder: &Path) -> anyhow::Result<()> {
    let key_file = config.secret_key.is_none().then(|| config.key_file());
    let url = config.database_url.clone();
    let state = open_existing(config).await?;
    make_private(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let filled = fill(&state.store, url.expose(), key_file.as_deref(), folder).await;
    if filled.is_err() {
        // Half a backup helps nobody, and stands in the way of the next one. The folder is ours: it was made just now.
        std::fs::remove_dir_all(folder).ok();
    }
    filled?;
    match key_file {
        Some(_) => say!("The database and the secret key are in {}.", folder.display()),
        None => say!(
            "The database is in {}. Keep DOORWARD_SECRET_KEY with it: nothing else opens it.",
            folder.display()
        ),
    }
    Ok(())
}

/// SQLite and `pg_dump` make files as the umask has them, but leave an empty one that is there its mode.
async fn fill(store: &Store, url: &str, key_file: Option<&Path>, folder: &Path) -> anyhow::Result<()> {
    if store.is_sqlite() {
        let file = folder.join(DATABASE);
        write_new(&file, &[])?;
        let file = file.to_str().context("the folder's name is no UTF-8")?;
        store.copy_to(file).await?;
    } else {
        let file = folder.join(DUMP);
        write_new(&file, &[])?;
        dump(url, &file)?;
    }
    if let Some(from) = key_file {
        std::fs::copy(from, folder.join(KEY)).with_context(|| format!("{} cannot be copied", from.display()))?;
    }
    Ok(())
}

/// Whoever reads a backup reads every secret in it.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// PostgreSQL's own program; what it needs goes through its variables, because arguments are for everybody to read.
fn dump(url: &str, file: &Path) -> anyhow::Result<()> {
    let url = Url::parse(url).context("DOORWARD_DATABASE_URL cannot be read")?;
    let decoded = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let mut program = Command::new("pg_dump");
    program
        .args(["--format=custom", "--no-owner", "--no-password", "--file"])
        .arg(file);
    program.env("PGDATABASE", decoded(url.path().trim_start_matches('/')));
    let parts = [
        ("PGHOST", url.host_str().map(decoded)),
        ("PGPORT", url.port().map(|port| port.to_string())),
    ];
    let more = [
        (
            "PGUSER",
            Some(url.username()).filter(|name| !name.is_empty()).map(decoded),
        ),
        ("PGPASSWORD", url.password().map(decoded)),
    ];
    for (name, value) in parts.into_iter().chain(more) {
        if let Some(value) = value {
            program.env(name, value);
        }
    }
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "sslmode" => program.env("PGSSLMODE", value.as_ref()),
            "host" => program.env("PGHOST", value.as_ref()),
            _ => &mut program,
        };
    }
    let done = program
        .status()
        .context("pg_dump cannot be started; install PostgreSQL's client programs")?;
    if !done.success() {
        bail!("pg_dump did not finish, see above");
    }
    Ok(())
}
