//! What the program says about itself.

use super::harness::Place;

const COMMANDS: [&str; 16] = [
    "validate",
    "plan",
    "show",
    "apply",
    "drift",
    "sites",
    "codeowners",
    "explain",
    "who",
    "init",
    "attest",
    "sandbox",
    "schema",
    "completions",
    "man",
    "export",
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
