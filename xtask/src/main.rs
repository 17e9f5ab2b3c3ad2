//! Every task of the project, and the tools it needs.
//!
//! A task installs what it needs into `.tools/`, by version, so that the second run finds it there.

mod audit;
mod bench;
mod blank;
mod check;
mod first_paint;
mod fuzz;
mod glue;
mod inline;
#[cfg(test)]
mod manifests;
mod order;
mod page;
mod passed;
mod project;
mod reproduce;
mod sbom;
mod schema;
mod seal;
mod serve;
mod shrink;
mod sign;
mod snip;
mod split;
mod step;
mod theme;
mod tools;
mod wasm;
mod words;

use clap::{Parser, Subcommand};

/// Tasks of the Saoma project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measure how long it takes until the code can be scanned, against other pages, and what waiting costs
    Bench(bench::Extent),
    /// Build the page in release mode into dist/, precompressed
    Build,
    /// Run the native tests with coverage, and print it file by file
    Coverage,
    /// Build the page and serve it with a sandbox gateway and a few orders to pay
    Demo(serve::Address),
    /// Check the licences, sources and advisories of everything that the project is made of
    Deny {
        /// Without the advisories, whose list comes over the network
        #[arg(long)]
        offline: bool,
    },
    /// Serve the page with live reload, with the sandbox gateway behind it
    Dev(serve::Address),
    /// Run the end-to-end tests alone, on the page in dist/
    E2e(check::Played),
    /// Feed the decoder with whatever finds new paths through it, and the sandbox with requests that no browser sends
    Fuzz {
        /// For how long, each
        #[arg(long, default_value_t = 60)]
        seconds: u32,
    },
    /// Take pictures of every screen of the page in dist/, in both themes and both directions
    Gallery {
        /// A part of a screen's name
        part: Option<String>,
    },
    /// Show this list
    Help,
    /// Change the machine, the signature and the rules for addresses in small ways, and see whether a test notices
    Mutants {
        /// Files, where not all of those
        files: Vec<String>,
    },
    /// Build the last commit here and in another folder, and compare the two to the byte
    Reproduce,
    /// Write docs/settings.schema.json and the table of docs/settings.md from the types
    Schema,
    /// Make the application small and write the content security policy (the build calls it)
    #[command(hide = true)]
    Seal,
    /// Sign a payment as a merchant's server does: prints the string that is signed, the digest and a link to pay
    Sign(sign::Choices),
    /// Keep a page open in front of a flaky gateway and watch what it takes
    Soak {
        /// For how long
        #[arg(long, default_value_t = 10.0)]
        minutes: f64,
    },
    /// Run everything that decides whether a change is good
    Test,
    /// Build the page and pack it as themes of the XArrPay gateway, into theme/
    Theme(theme::Choices),
}

fn main() {
    let result = match Arguments::parse().task {
        Task::Bench(extent) => bench::run_all(&extent),
        Task::Build => page::build(),
        Task::Coverage => audit::coverage(),
        Task::Demo(address) => serve::demo(&address),
        Task::Deny { offline } => audit::deny(offline),
        Task::Dev(address) => serve::dev(&address),
        Task::E2e(played) => check::end_to_end(&played),
        Task::Fuzz { seconds } => fuzz::run(seconds),
        Task::Gallery { part } => check::gallery(part.as_deref()),
        Task::Help => help(),
        Task::Mutants { files } => audit::mutants(&files),
        Task::Reproduce => reproduce::run_all(),
        Task::Schema => schema::write(),
        Task::Seal => seal::run(),
        Task::Sign(choices) => sign::run(&choices),
        Task::Soak { minutes } => check::soak(minutes),
        Task::Test => check::all(),
        Task::Theme(choices) => theme::run(&choices),
    };
    if let Err(error) = result {
        eprintln!("\nerror: {error:#}");
        std::process::exit(1);
    }
}

fn help() -> anyhow::Result<()> {
    use clap::CommandFactory;
    Arguments::command().print_help()?;
    Ok(())
}
