//! Writes a payee's statement of a quarter into the directory given as argument.

#[path = "../tests/samples/royalty.rs"]
mod royalty;

use std::path::PathBuf;

use documents::royalty_statement::to_pdf;

#[expect(clippy::print_stdout, reason = "a command-line example reports what it wrote")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = PathBuf::from(std::env::args_os().nth(1).ok_or("give a directory to write to")?);
    std::fs::create_dir_all(&directory)?;
    let path = directory.join("royalty_statement.pdf");
    std::fs::write(&path, to_pdf(&royalty::statement())?)?;
    println!("{}", path.display());
    Ok(())
}
