//! The command line: names, options and help. What the commands do stands in their own modules.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// A self-hosted news server that shows where the news comes from.
#[derive(Debug, Parser)]
#[command(name = "firsthand", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Example: firsthand demo\n\nAn invented small world of outlets, served and analysed on this machine."
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// The data folder [default: the platform's, as $XDG_DATA_HOME/firsthand]
    #[arg(long, value_name = "DIR", env = "FIRSTHAND_DATA", help_heading = "Data")]
    pub data: Option<PathBuf>,
    /// The database instead of the data folder's own: sqlite:PATH or postgres://USER@HOST/NAME
    #[arg(long, value_name = "URL", env = "FIRSTHAND_DATABASE", hide_env_values = true, help_heading = "Data")]
    pub database: Option<String>,
    /// The configuration file [default: firsthand.toml in the data folder, if it is there]
    #[arg(long, value_name = "FILE", env = "FIRSTHAND_CONFIG", help_heading = "Data")]
    pub config: Option<PathBuf>,
}

/// What a process of the server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ServeRole {
    /// Serves pages and fetches.
    All,
    /// Serves pages only.
    Web,
    /// Fetches only.
    Crawl,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole server: fetch, analyse, serve pages and APIs
    #[command(
        after_help = "Example: firsthand serve --listen 127.0.0.1:8080 --poll-interval 15m\n\nSIGTERM or Ctrl-C lets what is under way finish and stops within 10 s."
    )]
    Serve {
        /// The address to serve pages on [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
        /// What this process does
        #[arg(long, value_enum, default_value = "all")]
        role: ServeRole,
        /// How often every feed is asked that asks for nothing itself: 90s, 15m, 2h [default: by its
        /// own rhythm, from 30m to 6h]
        #[arg(long, value_name = "DURATION", value_parser = crate::config::duration_s)]
        poll_interval: Option<u32>,
        /// Fetch from addresses that are not on the public internet as well
        #[arg(long)]
        allow_private_network: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Run the whole server over an invented small world in a temporary data folder
    #[command(
        after_help = "Example: firsthand demo --listen 127.0.0.1:8080\n\nThe outlets' feeds and pages are served on this machine and fetched for real."
    )]
    Demo {
        /// The address to serve pages on [default: a free port of 127.0.0.1]
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", hide_default_value = true)]
        listen: SocketAddr,
    },
    /// Follow a feed, or a site whose feed is looked for
    #[command(
        after_help = "Example: firsthand add https://outlet.example/\n\nLooked for in this order: a feed at the address; feeds that the server or the page names or links to;\nwhere the site's platform has them; the usual addresses; a news sitemap. A site without any is watched\nitself: its page of articles is read like a feed."
    )]
    Add {
        /// Addresses of feeds or sites
        #[arg(value_name = "URL", required = true)]
        urls: Vec<String>,
        /// The folder to put them in; / parts nested ones
        #[arg(long)]
        folder: Option<String>,
        /// Watch the page itself for links to new articles, also where there is a feed
        #[arg(long)]
        page: bool,
        /// Fetch from addresses that are not on the public internet as well
        #[arg(long)]
        allow_private_network: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Stop following a feed; its articles stay
    #[command(after_help = "Example: firsthand remove https://outlet.example/feed.xml")]
    Remove {
        /// The feed's address as `firsthand feeds` shows it
        url: String,
        #[command(flatten)]
        place: Place,
    },
    /// List the feeds with their health
    #[command(after_help = "Example: firsthand feeds --json")]
    Feeds {
        /// One JSON array instead of a table
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// List the processes that share the work on a PostgreSQL
    #[command(after_help = "Example: firsthand nodes --database postgres://firsthand@db.example/news")]
    Nodes {
        /// One JSON array instead of a table
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Poll every due feed once and analyse what is new
    #[command(
        after_help = "Example: firsthand fetch --once --all\n\nFeeds that fail are in the summary; the exit code is 0 all the same."
    )]
    Fetch {
        /// Poll once and end (the only way there is; `serve` keeps polling)
        #[arg(long, required = true)]
        once: bool,
        /// Poll feeds that are not yet due as well, but none that asked to be left alone
        #[arg(long)]
        all: bool,
        /// The summary as one JSON object
        #[arg(long)]
        json: bool,
        /// Fetch from addresses that are not on the public internet as well
        #[arg(long)]
        allow_private_network: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Take up the subscriptions of an OPML file, with folders
    #[command(after_help = "Example: firsthand import subscriptions.opml")]
    Import {
        /// The file, or - for standard input
        #[arg(value_name = "FILE.opml")]
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Write the subscriptions or all articles to standard output
    #[command(after_help = "Example: firsthand export --format jsonl > articles.jsonl")]
    Export {
        /// What to write
        #[arg(long, value_enum, default_value = "opml")]
        format: ExportFormat,
        #[command(flatten)]
        place: Place,
    },
    /// Make and list accounts
    #[command(after_help = "Example: firsthand user add ann --role administrator")]
    User {
        /// What to do with accounts.
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Make an API token for an account and print it
    #[command(
        after_help = "Example: firsthand token ann\n\nThe token is shown this once; send it as `Authorization: Bearer TOKEN`."
    )]
    Token {
        /// The account's name
        name: String,
        /// What the token is for
        #[arg(long, default_value = "command line")]
        label: String,
        #[command(flatten)]
        place: Place,
    },
    /// Write a consistent copy of the database, while serving too
    #[command(after_help = "Example: firsthand backup /var/backups/firsthand-monday.db")]
    Backup {
        /// The copy, which must not exist yet
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Put a copy made by `backup` in the place of the database
    #[command(
        after_help = "Example: firsthand restore /var/backups/firsthand-monday.db\n\nThe database that was there is kept beside it."
    )]
    Restore {
        /// The copy
        file: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Take the store from SQLite to PostgreSQL, when one machine is outgrown
    #[command(
        after_help = "Example: firsthand migrate --from sqlite:/var/lib/firsthand/firsthand.db --to postgres://firsthand@db.example/news\n\nThe file is locked for writing meanwhile; pages may be served from it (`serve --role web`).\nEvery table is compared in the end. Ended early, it goes on where it was when it is run again."
    )]
    Migrate {
        /// The file: sqlite:PATH
        #[arg(long, value_name = "URL")]
        from: String,
        /// An empty database: postgres://USER@HOST/NAME
        #[arg(long, value_name = "URL")]
        to: String,
        /// Leave the file in use; what is written to it later is not in the copy
        #[arg(long)]
        keep: bool,
        /// The report as one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Verify the store: counts, references, full-text index
    #[command(
        after_help = "Example: firsthand check\n\nWith database.bodies it also looks whether the newest bodies are where they should be."
    )]
    Check {
        /// Take away bodies in the object store (database.bodies) that no article has needed for a day; never while another database,
        /// or a copy of this one, uses the same folder
        #[arg(long)]
        sweep_bodies: bool,
        /// The report as one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Show and set how long articles are kept
    #[command(
        group = clap::ArgGroup::new("rule").multiple(true).args(["days", "articles", "as_all"]),
        after_help = "Example: firsthand keep\n         firsthand keep https://outlet.example/feed.xml --days 90\n\nThe rule for all feeds stands in the configuration: keep.days and keep.articles. A story goes\nas a whole, when all of its reports may. What somebody starred or voted on stays with all of\nits story, and what an editor pinned or moved. The server lets go once a day, `firsthand compact` at once."
    )]
    Keep {
        /// The feed's address as `firsthand feeds` shows it; without one the rules are listed
        #[arg(requires = "rule")]
        url: Option<String>,
        /// Days for which its articles are kept, 15 or more; 0: for ever
        #[arg(long, value_name = "N", requires = "url")]
        days: Option<u32>,
        /// How many of its articles are kept, the newest; 0: all
        #[arg(long, value_name = "N", requires = "url")]
        articles: Option<u32>,
        /// As those of all feeds
        #[arg(long, conflicts_with_all = ["days", "articles"], requires = "url")]
        as_all: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Let go what is older than is kept, and give the room back to the disk
    #[command(
        after_help = "Example: firsthand compact --dry-run\n         firsthand compact\n\nAn SQLite file is written anew: stop the server first, and have as much room again on the disk.\nOn PostgreSQL what may go is let go; the server gives room back by itself."
    )]
    Compact {
        /// Say how many stories would go, and change nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Put right what `check` finds, where that is possible
    #[command(
        after_help = "Example: firsthand repair\n\nStop the server first. Of an SQLite file a copy is made before, beside it. Votes, stars and what editors said are never\ntaken away; what cannot be put right is said, and stays."
    )]
    Repair {
        #[command(flatten)]
        place: Place,
    },
    /// Say of one article what was fetched, extracted, traced and decided, and on what grounds
    #[command(
        after_help = "Example: firsthand why https://outlet.example/a\n\nIts address at the outlet, its page here, or its number. Of an address that a feed named\nand that could not be fetched, it says why."
    )]
    Why {
        /// The article
        #[arg(value_name = "URL|NUMBER")]
        article: String,
        /// One JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Print the manual as a man page, or all pages of it
    #[command(
        after_help = "Example: firsthand man > firsthand.1\n         firsthand man --to /usr/local/share/man/man1"
    )]
    Man {
        /// Write a page for each command into this folder
        #[arg(long, value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Print what completes this program's commands in a shell
    #[command(after_help = "Example: firsthand completions bash > /etc/bash_completion.d/firsthand")]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Show the configuration
    #[command(after_help = "Example: firsthand config --explain")]
    Config {
        /// Say of each value where it came from
        #[arg(long)]
        explain: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Parse feeds, no store
    #[command(after_help = "Example: firsthand feed feed.xml | jq .title")]
    Feed {
        /// A list of lines {"file","url","content_type"}, which give what a server would know
        #[arg(long, value_name = "LIST")]
        jsonl: Option<PathBuf>,
        /// Files, or - for standard input
        #[arg(value_name = "FILE", required_unless_present = "jsonl", conflicts_with = "jsonl")]
        files: Vec<PathBuf>,
    },
    /// Extract articles from pages, no store
    #[command(after_help = "Example: firsthand extract --url https://outlet.example/a --format text page.html")]
    Extract {
        /// A list of lines {"file","url"}
        #[arg(long, value_name = "LIST")]
        jsonl: Option<PathBuf>,
        /// The address that the pages are from, for relative links
        #[arg(long)]
        url: Option<String>,
        /// What to print
        #[arg(long, value_enum, default_value = "json")]
        format: ExtractFormat,
        /// Print an HTML page that shows each block as kept, dropped or doubtful, and why
        #[arg(long, conflicts_with_all = ["jsonl", "format"])]
        explain: bool,
        /// Files, or - for standard input
        #[arg(value_name = "FILE", required_unless_present = "jsonl", conflicts_with = "jsonl")]
        files: Vec<PathBuf>,
    },
    /// Group a stream of articles into stories, no store
    #[command(
        after_help = "Example: firsthand cluster < articles.jsonl\n\nLines {\"id\",\"url\",\"title\",\"text\",\"published\",\"language\"} in stream order."
    )]
    Cluster {
        /// Print the grouping after the whole stream, merges included
        #[arg(long = "final")]
        at_the_end: bool,
        /// Say of each decision what decided
        #[arg(long, conflicts_with = "at_the_end")]
        explain: bool,
    },
    /// Find attributions, outlets relied on, figures and dates, no store
    #[command(
        after_help = "Example: firsthand trace < articles.jsonl | jq .attributions\n         firsthand trace --html page.html --format csv < articles.jsonl > annotations.csv\n\nLines {\"id\",\"url\",\"title\",\"text\",\"published\",\"language\"[,\"publisher\",\"links\"]}. Offsets are code points into the text."
    )]
    Trace {
        /// What to print
        #[arg(long, value_enum, default_value = "json")]
        format: crate::lines::TraceFormat,
        /// Write a page with the articles and their annotations in colour as well; - prints the page alone
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Find who relies on whom within each story, no store
    #[command(
        after_help = "Example: firsthand relate < stories.jsonl\n\nThe reports of a story stand together; without \"story\" they are grouped first."
    )]
    Relate {},
    /// Order stories by the public rank, or articles for one reader, no store
    #[command(
        after_help = "Example: firsthand rank < stories.jsonl\n         firsthand rank --reader votes.jsonl --corpus seen.jsonl < articles.jsonl"
    )]
    Rank {
        /// The reader's votes, oldest first
        #[arg(long, value_name = "VOTES.jsonl")]
        reader: Option<PathBuf>,
        /// Earlier articles without a vote
        #[arg(long, value_name = "SEEN.jsonl", requires = "reader")]
        corpus: Option<PathBuf>,
    },
}

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account; the password is asked for
    #[command(after_help = "Example: echo 'a long password' | firsthand user add ann --password-stdin")]
    Add {
        /// Its name
        name: String,
        /// What it may do: reader, editor or administrator
        #[arg(long, value_parser = parse_user_role, default_value = "reader")]
        role: firsthand_model::UserRole,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Change a password; all sessions of the account end
    #[command(after_help = "Example: firsthand user password ann")]
    Password {
        /// The account's name
        name: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        place: Place,
    },
    /// List the accounts
    #[command(after_help = "Example: firsthand user list")]
    List {
        #[command(flatten)]
        place: Place,
    },
}

fn parse_user_role(text: &str) -> Result<firsthand_model::UserRole, String> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(|_| "reader, editor or administrator".to_owned())
}

/// What `export` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// The subscriptions.
    Opml,
    /// Every article, a JSON object a line.
    Jsonl,
}

/// What `extract` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExtractFormat {
    /// A JSON object a line.
    Json,
    /// The text alone.
    Text,
    /// Markdown.
    Markdown,
    /// Sanitised HTML.
    Html,
}
