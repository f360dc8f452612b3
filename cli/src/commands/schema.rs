//! `ledgerline schema`.

use std::process::ExitCode;

/// Which schema.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to print.
    which: Which,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Which {
    /// The GraphQL schema, in the schema definition language.
    Graphql,
    /// The OpenAPI document of the REST edges.
    Openapi,
    /// The JSON Schema of mix documents.
    Mix,
    /// The JSON Schema of agreements.
    Agreement,
}

/// Prints it.
pub(crate) fn run(args: &Args) -> ExitCode {
    // Exactly the committed files, which end with one line break.
    let text = match args.which {
        Which::Graphql => api::schema_sdl(),
        Which::Openapi => api::openapi_json(),
        Which::Mix => audio_engine::render::mix_schema(),
        Which::Agreement => documents::agreement::schema(),
    };
    super::print(text.trim_end());
    ExitCode::SUCCESS
}
