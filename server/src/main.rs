//! The command line: reads the configuration and starts what was asked for.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use doorward_server::cli::admin;
use doorward_server::config::Config;
use doorward_server::serve;
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
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
}

/// The password comes from `DOORWARD_ADMIN_PASSWORD` or the standard input.
#[derive(Subcommand)]
enum AdminCommand {
    /// Make an administrator.
    Create { email: String },
    /// Give an account a new password and make it an administrator.
    ResetPassword { email: String },
}

#[tokio::main]
async fn main() -> ExitCode {
    log_to_stderr();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Serve { demo } => serve::run(Config::load(demo)?).await,
        Command::Admin {
            command: AdminCommand::Create { email },
        } => admin::create(for_commands()?, &email).await,
        Command::Admin {
            command: AdminCommand::ResetPassword { email },
        } => admin::reset_password(for_commands()?, &email).await,
        Command::Migrate => {
            let state = serve::open(Config::load(false)?).await?;
            Ok(state.store.migrate().await?)
        }
    }
}

/// The configuration for a command that names the administrator itself: the password in the environment is its own.
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
