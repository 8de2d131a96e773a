//! The command line: reads the configuration and starts what was asked for.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use doorward_server::cli::{admin, audit, backup, check, keys, transfer};
use doorward_server::config::Config;
use doorward_server::installation::Presence;
use doorward_server::serve;
use doorward_server::service::transfer::Secrets;
use doorward_server::state::SANDBOX_WORKER;
use doorward_storage::audit_seal::Noted;
use tracing_subscriber::EnvFilter;

/// An identity broker with an admin console.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until told to stop.
    Serve {
        /// Fill an empty database with an example: the Test IdP, an application, people.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database to the schema of this version.
    Migrate,
    /// Make an administrator, or give one a new password.
    ///
    /// The password comes from the variable `DOORWARD_ADMIN_PASSWORD`, or else from the first line of the standard input;
    /// on a terminal it is asked for.
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Say which applications refuse people, and why. The exit code is 1 when one does.
    Check,
    /// Print connections and applications as JSON, for import. People are not in it.
    Export {
        /// Write a new file instead.
        #[arg(long)]
        output: Option<PathBuf>,
        /// Include the client secrets of connections, in clear. Those of applications cannot be read back.
        #[arg(long)]
        with_secrets: bool,
    },
    /// Make connections and applications as they are in a document of export: all of it or nothing.
    Import {
        /// The document; `-` reads the standard input.
        file: PathBuf,
        /// Say what would happen, and save nothing.
        #[arg(long, conflicts_with = "despite_findings")]
        dry_run: bool,
        /// Import although people would be refused.
        #[arg(long)]
        despite_findings: bool,
    },
    /// List the signing keys, and what each is good for.
    ListKeys,
    /// Make new signing keys. They sign after an hour; the present ones stay published for a day after that.
    RotateKeys,
    /// Take back a signing key that others know: what it signed is refused at once. Says first what that means.
    RevokeKey {
        /// As `list-keys` and the key document have it.
        // One in 64 begins with a hyphen.
        #[arg(allow_hyphen_values = true)]
        kid: String,
        /// Do it; without this it is only said.
        #[arg(long)]
        yes: bool,
    },
    /// Copy the database and the secret key into a new folder, while the server goes on.
    Backup { folder: PathBuf },
    /// Look after the audit log.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Say which events and seals were changed, removed or added. The exit code is 1 when one was.
    ///
    /// A serving node seals events some seconds after they were written; until then nothing is known of them. Whoever
    /// may write to the database can also make all seals anew: only a hash that is kept elsewhere tells of that.
    Verify {
        /// The hash of a seal that was noted earlier and must still be there; may be given several times.
        #[arg(long, value_name = "HASH", value_parser = audit::hash)]
        expect: Vec<String>,
        /// The hash of the last seal that you have deleted yourself: the chain must begin right behind it.
        #[arg(long, value_name = "HASH", value_parser = audit::hash)]
        deleted: Option<String>,
    },
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Make an administrator.
    ///
    /// The password comes from the variable `DOORWARD_ADMIN_PASSWORD`, or else from the first line of the standard input;
    /// on a terminal it is asked for.
    Create {
        /// The address, which is the name to sign in with.
        email: String,
    },
    /// Give an account a new password and make it an administrator. Its sessions end.
    ///
    /// The password comes from the variable `DOORWARD_ADMIN_PASSWORD`, or else from the first line of the standard input;
    /// on a terminal it is asked for.
    ResetPassword {
        /// The address or the username.
        email: String,
    },
}

fn main() -> ExitCode {
    // Before anything else is there that a script could reach.
    if std::env::args_os().nth(1).is_some_and(|first| first == SANDBOX_WORKER) {
        return doorward_sandbox::work().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    log_to_stderr();
    match start() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn start() -> anyhow::Result<bool> {
    run(Arguments::parse()).await
}

/// `false` when the answer is no, and everything about it has been said.
async fn run(arguments: Arguments) -> anyhow::Result<bool> {
    match arguments.command {
        Command::Serve { demo } => serve::run(Config::load(demo)?).await?,
        Command::Admin { command } => match command {
            AdminCommand::Create { email } => admin::create(for_commands()?, &email).await?,
            AdminCommand::ResetPassword { email } => admin::reset_password(for_commands()?, &email).await?,
        },
        Command::Migrate => {
            let state = serve::open(for_commands()?, Presence::MayBeMade).await?;
            state.migrate().await?;
        }
        Command::Check => return check::run(for_commands()?).await,
        Command::Export { output, with_secrets } => {
            let secrets = if with_secrets { Secrets::Included } else { Secrets::Left };
            transfer::export(for_commands()?, output, secrets).await?;
        }
        Command::Import {
            file,
            dry_run,
            despite_findings,
        } => {
            let mode = match (dry_run, despite_findings) {
                (true, _) => transfer::Mode::DryRun,
                (false, true) => transfer::Mode::DespiteFindings,
                (false, false) => transfer::Mode::Careful,
            };
            return transfer::import(for_commands()?, &file, mode).await;
        }
        Command::ListKeys => keys::list(for_commands()?).await?,
        Command::RotateKeys => keys::rotate(for_commands()?).await?,
        Command::RevokeKey { kid, yes } => keys::revoke(for_commands()?, &kid, yes).await?,
        Command::Backup { folder } => backup::run(for_commands()?, &folder).await?,
        Command::Audit {
            command: AuditCommand::Verify { expect, deleted },
        } => {
            let noted = Noted {
                hashes: expect,
                deleted,
            };
            return audit::verify(for_commands()?, &noted).await;
        }
    }
    Ok(true)
}

/// The configuration of a command that makes no first administrator: the password in the environment may be its own.
fn for_commands() -> anyhow::Result<Config> {
    Ok(Config::load_without_administrator()?)
}

/// People read lines, programs read JSON.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm=warn"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        logs.init();
    } else {
        logs.json().init();
    }
}
