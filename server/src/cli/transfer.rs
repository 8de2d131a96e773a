//! `doorward export` and `doorward import`: the configuration as a document.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::{check, open_existing, out};
use crate::config::Config;
use crate::service::transfer::{self, Change, Document, FORMAT, Import, ImportError, Item, Secrets};

/// Stands behind a finding that is not there without the document.
const NEW: &str = " (new)";
/// Why a careful import stops.
const STOPS: &str = "people would be refused who are not refused now, see the errors above that are new";
/// Largest document that is read, in bytes.
const LIMIT: u64 = 64 * 1024 * 1024;

/// Prints the configuration, or writes it into a new file.
///
/// # Errors
/// A sentence for the operator; a file that is there already is not replaced.
pub async fn export(config: Config, file: Option<PathBuf>, secrets: Secrets) -> anyhow::Result<()> {
    let state = open_existing(config).await?;
    let document = transfer::export(&state.store, secrets).await?;
    let text = serde_json::to_string_pretty(&document)? + "\n";
    match file {
        None => out::text(format_args!("{text}")),
        Some(file) => write_new(&file, text.as_bytes())?,
    }
    Ok(())
}

/// Readable by its owner alone: it may hold secrets.
pub(super) fn write_new(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options
        .open(file)
        .with_context(|| format!("{} cannot be made", file.display()))?;
    open.write_all(bytes)?;
    Ok(open.sync_all()?)
}

/// What every document has, whatever its form.
#[derive(serde::Deserialize)]
struct Form {
    format: u64,
}

/// How an import is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Says what would happen and saves nothing.
    DryRun,
    /// Saves, unless people would be refused who are not refused now.
    Careful,
    /// Saves all the same.
    DespiteFindings,
}

/// Takes a document in, as a whole or not at all. `-` reads the standard input. `false` when a dry run finds that
/// people would be refused.
///
/// # Errors
/// A sentence for the operator.
pub async fn import(config: Config, file: &Path, mode: Mode) -> anyhow::Result<bool> {
    let text = read(file)?;
    // A list would be read as the fields of an object, one after the other.
    if !text.trim_start().starts_with('{') {
        bail!(
            "{} is no such document: an object with connections and applications is expected",
            file.display()
        );
    }
    // First: a document of another form may differ in everything else.
    if serde_json::from_str::<Form>(&text).is_ok_and(|form| form.format != u64::from(FORMAT)) {
        return Err(ImportError::Format.into());
    }
    let document: Document =
        serde_json::from_str(&text).with_context(|| format!("{} is no such document", file.display()))?;
    let state = open_existing(config).await?;
    let import = match Import::plan(state, document).await {
        Ok(import) => import,
        Err(ImportError::Faults(faults)) => {
            for fault in &faults {
                let item = fault.item.as_ref().map(|item| format!(" ({item})")).unwrap_or_default();
                say!("{}{item}: {}", out::plain(&fault.pointer), out::plain(&fault.sentence));
            }
            if faults
                .iter()
                .any(|fault| fault.pointer.ends_with("/oidc/client_secret"))
            {
                say!("A document has the secrets of connections when it comes from: doorward export --with-secrets");
            }
            bail!(
                "nothing is imported; {} to mend first",
                check::counted(faults.len(), "fault")
            );
        }
        Err(other) => return Err(other.into()),
    };
    let (items, breaks) = (import.items.clone(), import.breaks());
    check::print(&import.findings, |application, finding| {
        let is_new = import.brought(application).contains(&finding);
        if is_new { NEW } else { "" }
    });
    match mode {
        Mode::DryRun => {
            list(&items, "would be");
            say!("Nothing is saved: this was a dry run.");
            if breaks {
                say!("The import would stop: {STOPS}; with --despite-findings it would be done all the same.");
            }
            return Ok(!breaks);
        }
        Mode::Careful if breaks => {
            bail!("nothing is imported: {STOPS}; --despite-findings imports all the same");
        }
        Mode::Careful | Mode::DespiteFindings => import.save().await?,
    }
    list(&items, "is");
    Ok(true)
}

fn list(items: &[Item], verb: &str) {
    for item in items {
        let change = match item.change {
            Change::Created => "created",
            Change::Changed => "changed",
            Change::Unchanged => "unchanged",
        };
        say!("{} {} {verb} {change}", item.kind, item.handle);
        // A dry run makes no secret that would hold.
        if let (Some(secret), "is") = (&item.client_secret, verb) {
            say!("  its client secret, shown this once: {}", secret.expose());
        }
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().take(LIMIT + 1).read_to_string(&mut text)
    } else {
        let open = std::fs::File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
        open.take(LIMIT + 1).read_to_string(&mut text)
    }
    .with_context(|| format!("{} cannot be read", file.display()))?;
    if text.len() as u64 > LIMIT {
        bail!("{} is larger than 64 MiB", file.display());
    }
    Ok(text)
}
