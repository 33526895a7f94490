//! `portcullis completions` and `portcullis man`: what shells and `man` know of the command line.

use super::Output;
use super::args::{Arguments, CompletionsArguments};
use crate::exit::Exit;
use clap::CommandFactory;
use clap_mangen::Man;
use std::io;

/// Prints completions for a shell.
pub(super) fn completions(arguments: &CompletionsArguments, output: &mut Output) -> Exit {
    // Generated in memory, because the generator panics where it cannot write.
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "portcullis", &mut script);
    let written = output.data.write_all(&script);
    output.finish(written, Exit::Done)
}

/// Prints one manual page with every command.
pub(super) fn man(output: &mut Output) -> Exit {
    let written = page().and_then(|page| output.data.write_all(page.as_bytes()));
    output.finish(written, Exit::Done)
}

fn page() -> io::Result<String> {
    let command = Arguments::command();
    let commands: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    let top = Man::new(command).manual("Portcullis");
    let mut page = Vec::new();
    top.render_title(&mut page)?;
    top.render_name_section(&mut page)?;
    top.render_synopsis_section(&mut page)?;
    top.render_description_section(&mut page)?;
    top.render_options_section(&mut page)?;
    top.render_subcommands_section(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    for command in commands {
        let name = format!("portcullis {}", command.get_name());
        let command = command.bin_name(&name).display_name(&name);
        let has_options = command.get_arguments().next().is_some();
        let section = Man::new(command);
        let mut text = Vec::new();
        section.render_synopsis_section(&mut text)?;
        section.render_description_section(&mut text)?;
        if has_options {
            section.render_options_section(&mut text)?;
        }
        // What is a section of a page of its own is a part of a section here.
        let text = String::from_utf8_lossy(&text).replace(".SH ", ".SS ");
        page.push_str(&format!(".SH \"{}\"\n{text}", name.to_uppercase()));
    }
    let mut rest = Vec::new();
    top.render_extra_section(&mut rest)?;
    top.render_version_section(&mut rest)?;
    page.push_str(&String::from_utf8_lossy(&rest));
    Ok(page)
}
