//! Diagnostics as a JUnit report: one suite per file, one case per problem.

use super::place::{Placed, path, placed, whole_message};
use super::{Diagnostic, Severity};
use crate::config::Sources;
use crate::neutral::html::escaped;
use camino::Utf8Path;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes the report. Errors are failures; warnings and notes are cases that pass and say what they are.
///
/// Every file with a remark is a suite; without any there is one suite with one case that passes, since an empty report
/// looks like a job that did not run.
///
/// # Errors
/// When writing fails.
pub fn write(
    out: &mut dyn Write,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    base: &Utf8Path,
) -> io::Result<()> {
    let placed = placed(diagnostics, sources, base);
    let mut files: BTreeMap<&str, Vec<&Placed<'_>>> = BTreeMap::new();
    for found in &placed {
        files.entry(&found.path).or_default().push(found);
    }
    let failures = |found: &[&Placed<'_>]| found.iter().filter(|one| is_failure(one)).count();
    let failed: usize = files.values().map(|found| failures(found)).sum();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let tests = placed.len().max(1);
    writeln!(
        out,
        "<testsuites name=\"portcullis validate\" tests=\"{tests}\" failures=\"{failed}\" errors=\"0\">"
    )?;
    if files.is_empty() {
        let root = escaped(&path(base, Utf8Path::new("portcullis.yaml")));
        writeln!(
            out,
            "  <testsuite name=\"{root}\" tests=\"1\" failures=\"0\" errors=\"0\">"
        )?;
        writeln!(
            out,
            "    <testcase classname=\"{root}\" name=\"the workspace is valid\"/>"
        )?;
        writeln!(out, "  </testsuite>")?;
    }
    for (file, found) in files {
        let name = escaped(file);
        writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"0\">",
            found.len(),
            failures(&found)
        )?;
        for one in found {
            let code = escaped(one.diagnostic.code);
            let message = escaped(&whole_message(one.diagnostic, sources, base));
            writeln!(
                out,
                "    <testcase classname=\"{name}\" name=\"{code} at {}:{}\">",
                one.line, one.column
            )?;
            if is_failure(one) {
                writeln!(
                    out,
                    "      <failure type=\"{code}\" message=\"{message}\">{name}:{}:{}</failure>",
                    one.line, one.column
                )?;
            } else {
                writeln!(out, "      <system-out>{message}</system-out>")?;
            }
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn is_failure(found: &Placed<'_>) -> bool {
    found.diagnostic.severity == Severity::Error
}
