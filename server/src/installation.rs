//! What an installation has on the disk: its folder, its key file and, with SQLite, its database.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use doorward_storage::{Store, signing_key};
use doorward_vault::{Keyring, MasterKey};

use crate::config::Config;

/// Whether a command may make an installation where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    MayBeMade,
    /// A command that reads one would answer for an empty installation at a mistyped place.
    MustBeThere,
}

/// The key ring of an installation, whose files are there afterwards.
///
/// # Errors
/// A sentence for the operator.
pub async fn keyring(config: &Config, presence: Presence) -> anyhow::Result<Arc<Keyring>> {
    let key = config.key_file();
    let has_key = || match config.secret_key {
        Some(_) => Ok(true),
        None => key
            .try_exists()
            .with_context(|| format!("the key file {} cannot be looked for", key.display())),
    };
    let database = doorward_storage::sqlite_file(config.database_url.expose());
    // Another process may make both this moment, the key first.
    if !has_key()? && is_used(config, database.as_deref()).await && !has_key()? {
        bail!(
            "the key file {} is missing, and no new one opens this database; put it back from a backup, or set \
             DOORWARD_SECRET_KEY",
            key.display()
        );
    }
    match presence {
        Presence::MayBeMade => make_folder(&config.data_dir)
            .with_context(|| format!("DOORWARD_DATA_DIR {} cannot be made", config.data_dir.display()))?,
        Presence::MustBeThere if has_key()? && database.as_deref().is_none_or(Path::exists) => {}
        Presence::MustBeThere => bail!(
            "there is no installation in {}; if DOORWARD_DATA_DIR is right, run first: doorward migrate",
            config.data_dir.display()
        ),
    }
    let master = match &config.secret_key {
        Some(key) => MasterKey::from_variable(key.expose())?,
        None => MasterKey::load_or_create(&key)?,
    };
    if let Some(database) = database.filter(|_| presence == Presence::MayBeMade) {
        keep_private(&database);
    }
    Ok(Arc::new(Keyring::with_former(&master, &[])))
}

/// Whether the database has keys that some secret key has sealed. One that is away (F9) is not known to have any.
async fn is_used(config: &Config, file: Option<&Path>) -> bool {
    if file.is_some_and(|file| !file.exists()) {
        return false;
    }
    let nobody = Arc::new(Keyring::from_master([0; 32]));
    let Ok(store) = Store::open(config.database_url.expose(), nobody).await else {
        return false;
    };
    let count = signing_key::count(store.read()).await;
    store.close().await.ok();
    count.is_ok_and(|count| count > 0)
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The database is for its owner alone, as the key is: it holds names, addresses and hashes of passwords. A failure is no
/// reason not to start: the disk may be away for now (F9).
#[cfg(unix)]
fn keep_private(database: &Path) {
    use std::fs::{OpenOptions, Permissions};
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

    // SQLite would make it readable for all, and gives its log the mode of the database.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(database).ok();
    for end in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(end);
        let file = Path::new(&name);
        let is_open = std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0);
        if is_open && let Err(error) = std::fs::set_permissions(file, Permissions::from_mode(0o600)) {
            tracing::warn!(file = %file.display(), %error, "other users can read this file");
        }
    }
}

#[cfg(not(unix))]
fn keep_private(_: &Path) {}
