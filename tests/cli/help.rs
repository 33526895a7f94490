//! What the program says about itself.

use super::harness::Place;
use clap::Parser as _;

const COMMANDS: [&str; 20] = [
    "init",
    "doctor",
    "validate",
    "plan",
    "show",
    "apply",
    "drift",
    "explain",
    "who",
    "review",
    "graph",
    "attest",
    "export",
    "sites",
    "codeowners",
    "sandbox",
    "rule",
    "schema",
    "completions",
    "man",
];

#[test]
fn help_of_every_command() {
    let place = Place::new();
    let top = place.run(&["--help"]);
    assert_eq!((top.code, top.err.as_str()), (0, ""));
    let listed: Vec<&str> = top
        .out
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(listed, COMMANDS, "a command without a snapshot of its help");
    insta::with_settings!({snapshot_path => "help", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!("portcullis", top.out);
        for command in COMMANDS {
            let help = place.run(&[command, "--help"]);
            assert_eq!((help.code, help.err.as_str()), (0, ""), "{command}");
            insta::assert_snapshot!(command, help.out);
        }
    });
}

/// Splits a line as a shell does that knows single quotes, up to a redirection or the remark behind the command.
fn words(line: &str) -> Vec<String> {
    // The whole line can be pasted: what it is for is a comment of the shell.
    let command = line.trim().split(" # ").next().unwrap().trim_end();
    assert!(!command.contains("  "), "{line}");
    let command = command.split(" > ").next().unwrap();
    let mut words = Vec::new();
    for (at, piece) in command.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_help_page_has_examples_that_can_be_typed() {
    let place = Place::new();
    let pages = COMMANDS.iter().map(|command| vec![*command, "--help"]);
    for arguments in pages.chain([vec!["--help"]]) {
        let help = place.run(&arguments).out;
        let (_, examples) = help.split_once("Examples:\n").expect("examples");
        let mut lines = 0;
        for line in examples.lines().take_while(|line| !line.is_empty()) {
            assert!(line.starts_with("  portcullis "), "{line}");
            lines += 1;
            assert!(line.chars().count() <= 80, "{line}");
            let words = words(&line.replace("[PORT]", "8080"));
            let parsed = portcullis::cli::args::Arguments::try_parse_from(&words);
            assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
        }
        assert!(lines > 0, "{arguments:?}");
    }
}

#[test]
fn help_is_as_wide_as_columns_says() {
    let mut place = Place::new();
    place.environment(&[("COLUMNS", "60")]);
    let help = place.run(&["validate", "--help"]).out;
    let (options, _) = help.split_once("Examples:").unwrap();
    assert!(options.lines().all(|line| line.len() <= 60), "{options}");
    assert!(options.lines().any(|line| line.len() > 50), "{options}");
}

#[test]
fn a_code_is_explained_with_its_source() {
    let place = Place::new();
    insta::assert_snapshot!("rule", place.run(&["rule", "l13"]).text());
    let all = place.run(&["rule"]);
    assert_eq!((all.code, all.err.as_str()), (0, ""));
    for code in ["V10", "Q26", "L70", "unknown-key", "left-in-place"] {
        assert!(
            all.out
                .lines()
                .any(|line| line.trim_start().starts_with(code)),
            "{code}"
        );
    }
    assert!(all.out.lines().all(|line| line.chars().count() <= 100));
    let found = place
        .run(&["rule", "attestation-expired", "--format", "json"])
        .json();
    assert_eq!(found["codes"].as_array().unwrap().len(), 2);
    let wrong = place.run(&["rule", "unkown-key"]);
    assert_eq!(wrong.code, 64);
    assert!(
        wrong.err.contains("did you mean `unknown-key`?"),
        "{}",
        wrong.err
    );
}

#[test]
fn wrong_usage_is_64() {
    let place = Place::new();
    for arguments in [
        &["nonsense"][..],
        &["plan", "--nonsense"],
        &["plan", "--format", "nonsense"],
        &["attest", "--value", "true"],
        &["attest", "a", "b", "c", "--value", "true", "--by", "x"],
        &["sandbox", "--listen", "nonsense"],
        &["sandbox", "--page-cap", "0"],
        &["completions", "nonsense"],
        &[],
    ] {
        let ran = place.run(arguments);
        assert_eq!(ran.code, 64, "{arguments:?}: {}", ran.text());
        assert_eq!(ran.out, "", "{arguments:?}");
    }
    assert_eq!(
        place.run(&["--version"]).text(),
        "exit 0\n--- stdout\nportcullis [VERSION]\n--- stderr\n"
    );
}

#[test]
fn the_manual_page_has_every_command_and_flag() {
    let place = Place::new();
    let page = place.run(&["man"]);
    assert_eq!((page.code, page.err.as_str()), (0, ""));
    for command in COMMANDS {
        let heading = format!(".SH \"PORTCULLIS {}\"", command.to_uppercase());
        assert_eq!(page.out.matches(&heading).count(), 1, "{heading}");
    }
    for flag in ["detailed", "budget", "allow", "listen", "mapped"] {
        assert!(page.out.contains(&format!("\\-\\-{flag}")), "{flag}");
    }
}

#[test]
fn completions_know_the_commands() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = place.run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{shell}");
        for command in COMMANDS {
            assert!(ran.out.contains(command), "{shell}: {command}");
        }
    }
}

#[test]
fn the_schemas_are_those_of_the_repository() {
    let place = Place::new();
    let schemas = [
        (
            &["schema"][..],
            include_str!("../../schemas/portcullis.schema.json"),
        ),
        (
            &["schema", "--mapped"],
            include_str!("../../schemas/mapped.schema.json"),
        ),
    ];
    for (arguments, file) in schemas {
        let ran = place.run(arguments);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        // Hidden behind `[VERSION]` where the schema holds the same digits.
        assert_eq!(ran.out.trim(), place.neutral(file.as_bytes()).trim());
    }
}
