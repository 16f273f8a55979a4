//! The words of the command line. Their doc comments are the help text.

use super::Outcome;
use super::connector::ConnectorVerb;
use clap::{Args, Parser, Subcommand, ValueEnum};
use divos_model::Lang;
use std::path::PathBuf;

/// DIVOS Hub: one door to all the apps of a city.
///
/// Start with `divos demo`: the hub and a simulated city on this machine, no configuration needed.
#[derive(Debug, Parser)]
#[command(
    name = "divos",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub struct Cli {
    /// The language of messages: `id` or `en`. Otherwise from LC_ALL, LC_MESSAGES, LANG; else Indonesian.
    #[arg(long, global = true, env = "DIVOS_LANG")]
    lang: Option<String>,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

impl Cli {
    pub(crate) fn lang(&self) -> Lang {
        let spoken = self.lang.as_deref().and_then(Lang::from_tag);
        let from_env = || {
            ["LC_ALL", "LC_MESSAGES", "LANG"]
                .iter()
                .filter_map(|name| std::env::var(name).ok())
                .find(|value| !value.is_empty())
                .and_then(|value| Lang::from_tag(&value))
        };
        spoken.or_else(from_env).unwrap_or_default()
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Run the hub.
    #[command(
        after_help = "Examples:\n  divos serve -c config/hub.yaml\n  DIVOS_LISTEN__ADMIN=127.0.0.1:9901 divos serve --data /var/lib/divos\n\nSIGTERM drains and stops, SIGHUP or a changed file reloads."
    )]
    Serve(ServeArgs),
    /// Run the hub beside a simulated city, on loopback, with made-up data.
    #[command(
        after_help = "Examples:\n  divos demo\n  divos demo --data ./my-demo --port 8444\n  divos demo --two-persons\n  divos demo --city"
    )]
    Demo(DemoArgs),
    /// Check the configuration and every connector; all faults at once.
    #[command(
        after_help = "Examples:\n  divos check\n  divos check connectors.d/berita.yaml --format github\n  divos check -c /etc/divos/hub.yaml --format json"
    )]
    Check(CheckArgs),
    /// Print a JSON Schema: of a connector, of hub.yaml, or of an item.
    #[command(
        after_help = "Example: divos schema connector > connector.schema.json\nthen put `# yaml-language-server: $schema=connector.schema.json` on a file's first line."
    )]
    Schema(SchemaArgs),
    /// Look at, test and run connectors.
    #[command(subcommand)]
    Connector(ConnectorVerb),
    /// Serve an editor over standard input and output (Language Server Protocol).
    #[command(
        after_help = "Examples:\n  divos lsp\n  nvim: vim.lsp.start({ name = 'divos', cmd = { 'divos', 'lsp' }, root_dir = '.' })\n\nFaults while typing, completion of keys, templates, filters and fields, help under the cursor, formatting."
    )]
    Lsp,
    /// Manage the people who may sign in.
    #[command(subcommand)]
    User(UserVerb),
    /// Manage the tokens of programs.
    #[command(subcommand)]
    Token(TokenVerb),
    /// Tell a running hub to read its files again.
    Reload(ControlArgs),
    /// Ask a running hub how it is.
    Status(ControlArgs),
    /// Print a shell completion script.
    #[command(after_help = "Example: divos completions bash > /etc/bash_completion.d/divos")]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
}

/// Where the configuration is; shared by most verbs.
#[derive(Debug, Clone, Args)]
pub(crate) struct HubArgs {
    /// The configuration file. Without it the compiled-in defaults hold, and `config/hub.yaml` where it exists.
    #[arg(short = 'c', long = "config", env = "DIVOS_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The data directory; everything that the hub writes lies under it.
    #[arg(long, env = "DIVOS_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// The folder of connector definitions.
    #[arg(long)]
    pub(crate) connectors: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where the demo keeps its data; a temporary folder that is removed at the end where not given.
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
    /// The HTTPS port on loopback.
    #[arg(long, default_value_t = 8443)]
    pub(crate) port: u16,
    /// The port of the admin listener on loopback; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    pub(crate) admin_port: u16,
    /// Seed of the made-up data.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// All 143 apps of the city's register, with the connectors that are shipped.
    #[arg(long)]
    pub(crate) city: bool,
    /// The same with everything in them: about 200,000 items.
    #[arg(long)]
    pub(crate) full: bool,
    /// The folder of the shipped connectors, for --city.
    #[arg(long, default_value = "connectors.d")]
    pub(crate) connectors: PathBuf,
    /// A PostgreSQL server for --city instead of an own one: a DSN whose account may make databases.
    #[arg(long, value_name = "DSN")]
    pub(crate) postgres: Option<String>,
    /// A MariaDB or MySQL server for --city instead of an own one: a DSN whose account may make databases.
    #[arg(long, value_name = "DSN")]
    pub(crate) mysql: Option<String>,
    /// Let a change made in the portal wait until another operator approves it.
    #[arg(long)]
    pub(crate) two_persons: bool,
    /// An OTLP collector, for example `http://127.0.0.1:4318`.
    #[arg(long)]
    pub(crate) otlp: Option<String>,
    /// Only say when ready and where, as one line of JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people: the line itself, a caret, help.
    Human,
    /// One JSON array.
    Json,
    /// Annotations of a GitHub workflow.
    Github,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// Connector files or folders to check, instead of the configured folder.
    pub(crate) paths: Vec<PathBuf>,
    /// How faults are written.
    #[arg(long, value_enum, default_value_t = CheckFormat::Human)]
    pub(crate) format: CheckFormat,
    /// Show every warning, where otherwise many of one kind are told as one.
    #[arg(long)]
    pub(crate) verbose: bool,
    /// Also print every setting with where it came from.
    #[arg(long)]
    pub(crate) origins: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A connector definition (draft-07, for yaml-language-server).
    Connector,
    /// The hub's configuration file.
    Hub,
    /// An item of the common model.
    Item,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// Of what.
    #[arg(value_enum)]
    pub(crate) of: SchemaOf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserVerb {
    /// Add one person, without a post. The password is the first line of a pipe; on a terminal one is made.
    #[command(
        after_help = "Example: divos user add --nip 199001012020121001 --name 'Ni Wayan Contoh' --role operator"
    )]
    Add {
        #[command(flatten)]
        hub: HubArgs,
        /// The civil servant number, 18 digits.
        #[arg(long)]
        nip: Option<String>,
        /// The full name.
        #[arg(long)]
        name: String,
        /// The e-mail address.
        #[arg(long)]
        email: Option<String>,
        /// A role, for example `operator`; may be repeated.
        #[arg(long = "role")]
        roles: Vec<String>,
    },
    /// Import people, and optionally units, from CSV.
    #[command(
        after_help = "Columns: nip, name, email, unit, post, post_type, assignment, from, to, roles, password\n(or nama, surel, unit_kerja, jabatan …). Units: code, name, parent.\n\nExample: divos user import pegawai.csv --units unit.csv"
    )]
    Import {
        #[command(flatten)]
        hub: HubArgs,
        /// The CSV file; `-` for standard input.
        file: PathBuf,
        /// A CSV file of units to import first.
        #[arg(long)]
        units: Option<PathBuf>,
        /// Keep the good rows although others are bad.
        #[arg(long)]
        partial: bool,
    },
    /// List people.
    List {
        #[command(flatten)]
        hub: HubArgs,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Refuse a person from now on and end all their sessions.
    Disable {
        #[command(flatten)]
        hub: HubArgs,
        /// NIP, e-mail or person id.
        who: String,
        /// Let the person in again instead.
        #[arg(long)]
        undo: bool,
    },
    /// Set a new password and end all sessions.
    Reset {
        #[command(flatten)]
        hub: HubArgs,
        /// NIP, e-mail or person id.
        who: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenVerb {
    /// Make a token; it is shown once.
    #[command(
        after_help = "Examples:\n  divos token create --label dasbor --person 199001012020121001\n  divos token create --label surat --scope ingest:surat --days 365"
    )]
    Create {
        #[command(flatten)]
        hub: HubArgs,
        /// What it is for.
        #[arg(long)]
        label: String,
        /// A token by which a program reads this person's feed: NIP, e-mail or person id.
        #[arg(long, conflicts_with_all = ["scopes", "days"])]
        person: Option<String>,
        /// What a machine may do, for example `ingest:surat`; may be repeated.
        #[arg(long = "scope", required_unless_present = "person")]
        scopes: Vec<String>,
        /// After how many days it ends; otherwise when it is revoked.
        #[arg(long)]
        days: Option<i64>,
    },
    /// List the tokens of machines.
    List {
        #[command(flatten)]
        hub: HubArgs,
    },
    /// Revoke a machine's token.
    Revoke {
        #[command(flatten)]
        hub: HubArgs,
        /// The token's id, as `list` shows it.
        id: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ControlArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

pub(super) fn completions(shell: clap_complete::Shell) -> anyhow::Result<Outcome> {
    use clap::CommandFactory;
    clap_complete::generate(shell, &mut Cli::command(), "divos", &mut std::io::stdout());
    Ok(Outcome::Fine)
}
