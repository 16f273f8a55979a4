//! The words of `divos connector`. Their doc comments are the help text.

use crate::cli::args::HubArgs;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectorVerb {
    /// List the connectors, with what each reads.
    List {
        #[command(flatten)]
        hub: HubArgs,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show one connector as it is meant.
    Show {
        #[command(flatten)]
        hub: HubArgs,
        /// The connector's id.
        id: String,
    },
    /// Replay the fixtures of connectors, offline and with a frozen clock.
    #[command(
        after_help = "Examples:\n  divos connector test\n  divos connector test berita\n  divos connector test berita --faults\n\nWith --faults every fixture is replayed once more for each thing that goes wrong in the field: 401, a session that\nis over, 429, 5xx, no answer, a cut, a repeated page, a renamed column, another character set. Exit 1 where a\ndefinition does not stand one, with what to change."
    )]
    Test {
        #[command(flatten)]
        hub: HubArgs,
        /// The connectors' ids; all where none is given.
        ids: Vec<String>,
        /// Replay each fixture with everything that goes wrong in the field.
        #[arg(long)]
        faults: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Ask each live app once and compare its first page with the fixture; exit 1 where the mapping no longer fits.
    #[command(
        after_help = "Examples:\n  divos connector drift\n  divos connector drift berita surat --allow-private --json\n\nTold are fields that are gone, new or of another form, columns that moved, far fewer records, and words of state\nthat are not mapped. Apps without an address and sources without a fixture are left out; nothing is stored."
    )]
    Drift(DriftArgs),
    /// Fetch once, print the items as NDJSON and faults on stderr; store nothing.
    #[command(after_help = "Example: divos connector run berita --allow-private | jq .title")]
    Run {
        #[command(flatten)]
        hub: HubArgs,
        /// The connector's id.
        id: String,
        /// Only this source.
        #[arg(long)]
        source: Option<String>,
        /// Stop after this many items.
        #[arg(long)]
        limit: Option<usize>,
        /// Call loopback and private addresses too.
        #[arg(long)]
        allow_private: bool,
    },
    /// Show a connector after templates and defaults, each value with where it came from.
    Explain {
        #[command(flatten)]
        hub: HubArgs,
        /// The connector's id.
        id: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// List the known templates; of those that are named, everything: parameters and an example of use.
    #[command(
        after_help = "Examples:\n  divos connector templates\n  divos connector templates laravel-form@1"
    )]
    Templates {
        #[command(flatten)]
        hub: HubArgs,
        /// Their names, with or without version; all where none is given.
        names: Vec<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try a mapping expression on the records of a source's first fixture, offline.
    #[command(
        after_help = "Examples:\n  divos connector repl berita --expr 'title.rendered | html_text'\n  divos connector repl surat inbox\n\nWithout --expr, expressions are read line by line. `:row N` chooses a record, `:row all` all of them,\n`:fields` lists a record's fields, `:quit` ends."
    )]
    Repl(ReplArgs),
    /// Compare two states of definitions by what happens to the data; exit 1 where data or its protection is lost.
    #[command(
        after_help = "Examples:\n  divos connector diff old/berita.yaml connectors.d/berita.yaml\n  divos connector diff /backup/connectors.d connectors.d --json\n  divos connector diff berita --against old/berita.yaml\n\nLost is what is re-keyed, deleted, deleted sooner, or seen by more people."
    )]
    Diff(DiffArgs),
    /// Record one live pass as a fixture; personal data is masked before anything is written.
    #[command(
        after_help = "Examples:\n  divos connector record berita\n  divos connector record surat masuk -o masuk.http --allow-private\n\nMasked are the fields that `privacy.pii` names, and whatever looks like a NIK, a NIP, an e-mail address or a\ntelephone. Secrets and cookies are never written. The fixture is replayed before it gets its name."
    )]
    Record(RecordArgs),
    /// Draft a definition from an address, a WSDL, a database or a file: recognise the product, else propose source,
    /// cursor and mapping, each with how sure it is and why; record a fixture, check and test the result.
    #[command(
        after_help = "Examples:\n  divos connector infer https://berita.example.go.id\n  divos connector infer http://10.20.0.15/surat_masuk.php --id surat --allow-private\n  divos connector infer 'postgres://pembaca@10.20.0.5/simpeg' --pick v_pegawai_hub --allow-private\n  divos connector infer pegawai.xlsx -o -\n\nOnly the host that was named is asked, without credentials unless the hub knows the secrets `<id>/user` and\n`<id>/password`. Personal data is masked before anything is written. No file is written over without --force."
    )]
    Infer(InferArgs),
    /// Write definitions the usual way: keys in the order of the grammar, two spaces, quotes where needed.
    #[command(
        after_help = "Examples:\n  divos connector fmt\n  divos connector fmt connectors.d/berita.yaml\n  divos connector fmt --check\n\nComments stay. A file whose meaning would change stays as it is."
    )]
    Fmt(FmtArgs),
    /// Examine the way to an app step by step: name, connection, certificate, answer, clock, robots, sign-in.
    #[command(
        after_help = "Examples:\n  divos connector doctor berita\n  divos connector doctor surat --allow-private --json\n\nEach step is OK, NOTE or FAULT with what to do; exit 1 where one is a fault. The first page of each source is\nread, once more with a made-up key; nothing is stored."
    )]
    Doctor(DoctorArgs),
    /// Show which apps overlap and why, the strongest first.
    #[command(
        after_help = "Examples:\n  divos connector overlap\n  divos connector overlap --csv > overlap.csv\n\nPurpose, kinds of data, users, names, product and address are compared. Where a hub runs on the data\ndirectory, the items that apps have in common are counted too, as on its page /ops/overlap."
    )]
    Overlap(OverlapArgs),
    /// Show the record of processing (UU 27/2022): what is read of each app, why, for whom and for how long.
    #[command(
        after_help = "Examples:\n  divos connector processing\n  divos connector processing jagabaya --json\n  divos connector processing --csv > record.csv"
    )]
    Processing(ProcessingArgs),
    /// Give an app what it proves its pushes with: make, list, revoke.
    #[command(
        subcommand,
        after_help = "Examples:\n  divos connector credential make surat --label 'Server surat'\n  divos connector credential make surat --sort hmac\n  divos connector credential list surat\n\nFor sources that say `webhook: { credentials: hub }`. An app has two of each sort at most: make the new one, move the\nserver to it, revoke the old one. Works beside a running hub, at once."
    )]
    Credential(CredentialVerb),
}

#[derive(Debug, Subcommand)]
pub(crate) enum CredentialVerb {
    /// Make a credential; its secret is shown once.
    Make {
        #[command(flatten)]
        hub: HubArgs,
        /// The connector's id.
        id: String,
        /// A bearer token, or a secret for signatures.
        #[arg(long, value_enum, default_value_t = CredentialSort::Token)]
        sort: CredentialSort,
        /// What it is for, for example the server's name.
        #[arg(long, default_value = "")]
        label: String,
    },
    /// List an app's credentials; secrets are not among them.
    List {
        #[command(flatten)]
        hub: HubArgs,
        /// The connector's id.
        id: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a credential; the next push with it is refused.
    Revoke {
        #[command(flatten)]
        hub: HubArgs,
        /// The connector's id.
        id: String,
        /// The credential's id, as `list` shows it.
        credential: uuid::Uuid,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CredentialSort {
    /// `Authorization: Bearer …`.
    Token,
    /// HMAC-SHA-256 over `timestamp.body` in X-Signature, the time in X-Timestamp.
    Hmac,
}

#[derive(Debug, Args)]
pub(crate) struct OverlapArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// As CSV.
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ProcessingArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// The connector's id; all where it is not given.
    pub(crate) id: Option<String>,
    /// As CSV, one row for each field.
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// The connectors' ids; all where none is given.
    pub(crate) ids: Vec<String>,
    /// Call loopback and private addresses too.
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// The connector's id.
    pub(crate) id: String,
    /// Call loopback and private addresses too.
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// The connector's id.
    pub(crate) id: String,
    /// The source; the first where it is not named.
    pub(crate) source: Option<String>,
    /// The file; `fixtures/<id>/<source>.http` beside the definitions otherwise.
    #[arg(short = 'o', long)]
    pub(crate) output: Option<PathBuf>,
    /// Call loopback and private addresses too.
    #[arg(long)]
    pub(crate) allow_private: bool,
}

#[derive(Debug, Args)]
pub(crate) struct InferArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// An address, the address of a WSDL, a database, or a file (CSV, XLSX, XLS, ODS, ICS, JSON, XML, SQLite).
    pub(crate) target: String,
    /// The connector's id; from the host or the file otherwise.
    #[arg(long)]
    pub(crate) id: Option<String>,
    /// What people see; from the id otherwise.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// Take this of the templates that are recognised, or `none` of them.
    #[arg(long)]
    pub(crate) template: Option<String>,
    /// The operation of a service, or the table or view of a database.
    #[arg(long)]
    pub(crate) pick: Option<String>,
    /// Where to write: a folder instead of --connectors, or `-` for standard output (without a fixture).
    #[arg(short = 'o', long)]
    pub(crate) output: Option<PathBuf>,
    /// Write over files that are there.
    #[arg(long)]
    pub(crate) force: bool,
    /// Call loopback and private addresses too.
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// What was decided as JSON on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

impl InferArgs {
    /// Whether nothing is written to a folder.
    pub(crate) fn stdout(&self) -> bool {
        self.output
            .as_deref()
            .is_some_and(|output| output.as_os_str() == "-")
    }
}

#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// Files and folders; the configured folder where none is given.
    pub(crate) paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change and exit with 1.
    #[arg(long)]
    pub(crate) check: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// The older file or folder; with --against the id of the connector in use.
    pub(crate) old: String,
    /// The newer file or folder, or the id of a connector in use.
    #[arg(required_unless_present = "against", conflicts_with = "against")]
    pub(crate) new: Option<PathBuf>,
    /// The older file.
    #[arg(long)]
    pub(crate) against: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReplArgs {
    #[command(flatten)]
    pub(crate) hub: HubArgs,
    /// The connector's id.
    pub(crate) id: String,
    /// The source; the first where it is not named.
    pub(crate) source: Option<String>,
    /// The expression; otherwise lines are read from standard input.
    #[arg(long)]
    pub(crate) expr: Option<String>,
    /// Only this record, from 1.
    #[arg(long)]
    pub(crate) row: Option<usize>,
    /// One JSON object for each record.
    #[arg(long)]
    pub(crate) json: bool,
}
