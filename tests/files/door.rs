//! What the door opens for whom.

use camino::{Utf8Path, Utf8PathBuf};
use portcullis::files::{Access, Given, Kind, Place, Root, Scratch, Why};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::{Duration, Instant};

/// A directory with a workspace in it, and a secret beside it.
struct Stage {
    _directory: tempfile::TempDir,
    outside: Utf8PathBuf,
    root: Root,
    inside: Utf8PathBuf,
}

fn stage() -> Stage {
    let directory = tempfile::tempdir().unwrap();
    let outside = Utf8PathBuf::from_path_buf(directory.path().to_path_buf()).unwrap();
    let inside = outside.join("workspace");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(outside.join("secret"), "SECRET").unwrap();
    let root = Root::open(&inside).unwrap();
    Stage {
        _directory: directory,
        outside,
        root,
        inside,
    }
}

impl Stage {
    fn write(&self, path: &str, text: &str) {
        let path = self.inside.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn link(&self, path: &str, target: impl AsRef<Utf8Path>) {
        let path = self.inside.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target.as_ref(), path).unwrap();
    }

    fn pipe(&self, path: &str) -> Utf8PathBuf {
        let path = self.inside.join(path);
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        path
    }

    fn why(&self, path: &str) -> Why {
        let refusal = self.root.named(path).read(100).unwrap_err();
        assert!(!refusal.to_string().contains("SECRET"), "{refusal}");
        refusal.why
    }
}

fn mode(path: &Utf8Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn a_named_file_is_read_through_links_that_stay_inside() {
    let stage = stage();
    stage.write("a/file.yaml", "text");
    stage.link("b/link.yaml", "../a/file.yaml");
    stage.link("c", "a");
    for path in [
        "a/file.yaml",
        "b/link.yaml",
        "c/file.yaml",
        "b/../a/file.yaml",
    ] {
        assert_eq!(
            stage.root.named(path).read_text(4).unwrap(),
            "text",
            "{path}"
        );
    }
    assert_eq!(
        stage.root.real("c/file.yaml".into()).unwrap(),
        "a/file.yaml"
    );
}

#[test]
fn no_named_path_leads_out() {
    let stage = stage();
    let secret = stage.outside.join("secret");
    stage.link("relative", "../secret");
    stage.link("absolute", &secret);
    stage.link("directory", "..");
    stage.link("twice", "relative");
    stage.link("nothing", "../nothing");
    let paths = [
        "relative",
        "absolute",
        "directory/secret",
        "twice",
        "nothing",
        "../secret",
    ];
    for path in paths.into_iter().chain([secret.as_str()]) {
        assert!(matches!(stage.why(path), Why::LeadsOut), "{path}");
    }
    assert_eq!(stage.root.kind("relative".into()), Some(Kind::Astray));
    assert!(stage.root.list("directory".into(), 10).is_err());
    // An absolute link breaks in every other checkout, so it counts as leading out even where it does not.
    stage.write("here", "text");
    stage.link("here-absolute", stage.inside.join("here"));
    assert!(matches!(stage.why("here-absolute"), Why::LeadsOut));
}

#[test]
fn nothing_is_written_behind_a_link_that_leads_out() {
    let stage = stage();
    let victim = stage.outside.join("victim");
    std::fs::create_dir(&victim).unwrap();
    stage.link("state", "../victim");
    stage.link("file", "../victim/file");
    for path in ["state/file", "file"] {
        assert!(
            stage
                .root
                .named(path)
                .replace(b"x", Access::Ordinary)
                .is_err(),
            "{path}"
        );
        assert!(stage.root.named(path).create_new(b"x").is_err(), "{path}");
        assert!(
            stage.root.own(path).replace(b"x", Access::Private).is_err(),
            "{path}"
        );
        assert!(stage.root.own(path).append().is_err(), "{path}");
        assert!(stage.root.own(path).lock().is_err(), "{path}");
    }
    assert_eq!(victim.read_dir_utf8().unwrap().count(), 0);
}

#[test]
fn what_is_kept_is_behind_no_link_at_all() {
    let stage = stage();
    stage.write("portcullis.yaml", "version: 1\n");
    stage.link(".portcullis", "elsewhere");
    stage.write("elsewhere/x", "");
    stage.link("kept/journal.jsonl", "../portcullis.yaml");
    for path in [".portcullis/journal.jsonl", "kept/journal.jsonl"] {
        let own = stage.root.own(path);
        assert!(matches!(own.append().unwrap_err().why, Why::Link), "{path}");
        assert!(
            matches!(
                own.replace(b"", Access::Private).unwrap_err().why,
                Why::Link
            ),
            "{path}"
        );
        assert!(matches!(own.read(10).unwrap_err().why, Why::Link), "{path}");
    }
    assert_eq!(
        stage.root.named("portcullis.yaml").read_text(100).unwrap(),
        "version: 1\n"
    );
}

#[test]
fn git_keeps_its_data_for_itself() {
    let stage = stage();
    stage.write(".git/config", "AUTHORIZATION: basic SECRET");
    stage.link("roster.txt", ".git/config");
    stage.link("folder", ".git");
    for path in [".git/config", "roster.txt", "folder/config"] {
        assert!(matches!(stage.why(path), Why::GitData), "{path}");
    }
}

#[test]
fn pipes_devices_and_directories_are_no_named_files_and_nothing_waits_for_them() {
    let stage = stage();
    let begun = Instant::now();
    stage.pipe("pipe");
    stage.write("directory/x", "");
    for path in ["pipe", "directory"] {
        assert!(matches!(stage.why(path), Why::NotRegular), "{path}");
        let own = stage.root.own(path);
        assert!(own.append().is_err() && own.replace(b"", Access::Private).is_err());
    }
    let device = Root::open("/dev".into()).unwrap();
    let refusal = device.named("zero").read(10).unwrap_err();
    assert!(matches!(refusal.why, Why::NotRegular), "{refusal}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn reading_ends_at_the_bound() {
    let stage = stage();
    stage.write("file", "12345");
    assert!(stage.root.named("file").read(5).is_ok());
    assert!(matches!(
        stage.root.named("file").read(4).unwrap_err().why,
        Why::TooLarge(4)
    ));
    let given = Given::new(stage.inside.join("file"));
    assert!(given.read(5).is_ok());
    assert!(matches!(given.read(4).unwrap_err().why, Why::TooLarge(4)));
    // A sparse file that says to be large takes no memory.
    let sparse = std::fs::File::create(stage.inside.join("sparse")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    assert!(matches!(stage.why("sparse"), Why::TooLarge(100)));
}

#[test]
fn what_is_no_text_is_told_by_its_line() {
    let stage = stage();
    std::fs::write(stage.inside.join("file"), b"SECRET\n\xff").unwrap();
    let refusal = stage.root.named("file").read_text(100).unwrap_err();
    assert!(matches!(
        refusal.why,
        Why::NotUtf8 {
            line: 2,
            utf16: false
        }
    ));
    assert_eq!(refusal.to_string(), "`file` is not UTF-8 text (line 2)");
}

#[test]
fn the_command_line_may_name_a_pipe_and_no_device() {
    let stage = stage();
    let path = stage.pipe("pipe");
    let writer = path.clone();
    let write = std::thread::spawn(move || {
        let mut pipe = std::fs::File::options().write(true).open(writer).unwrap();
        pipe.write_all(b"through").unwrap();
    });
    assert_eq!(Given::new(&*path).read_text(100).unwrap(), "through");
    write.join().unwrap();
    let reader = path.clone();
    let read = std::thread::spawn(move || std::fs::read_to_string(reader).unwrap());
    Given::new(&*path)
        .replace(Access::Private, |file| file.write_all(b"back"))
        .unwrap();
    assert_eq!(read.join().unwrap(), "back");
    for device in ["/dev/zero", "/dev/null", "/"] {
        let given = Given::new(device);
        assert!(
            matches!(given.read(10).unwrap_err().why, Why::Device),
            "{device}"
        );
        let written = given.replace(Access::Private, |file| file.write_all(b"x"));
        assert!(matches!(written.unwrap_err().why, Why::Device), "{device}");
    }
}

#[test]
fn private_files_are_for_their_owner_also_where_they_were_not() {
    let stage = stage();
    let path = stage.inside.join("out.json");
    std::fs::write(&path, "old").unwrap();
    assert_ne!(mode(&path), 0o600);
    Given::new(&*path)
        .replace(Access::Private, |file| file.write_all(b"new"))
        .unwrap();
    assert_eq!(mode(&path), 0o600);
    stage.write("kept/old.jsonl", "line\n");
    for name in ["kept/old.jsonl", "kept/new.jsonl"] {
        stage
            .root
            .own(name)
            .append()
            .unwrap()
            .write_all(b"next\n")
            .unwrap();
        assert_eq!(mode(&stage.inside.join(name)), 0o600, "{name}");
    }
    assert_eq!(
        std::fs::read_to_string(stage.inside.join("kept/old.jsonl")).unwrap(),
        "line\nnext\n"
    );
    stage
        .root
        .own("kept/state.json")
        .replace(b"{}", Access::Private)
        .unwrap();
    assert_eq!(mode(&stage.inside.join("kept/state.json")), 0o600);
}

#[test]
fn an_ordinary_file_keeps_its_rights_and_its_link() {
    let stage = stage();
    stage.write("real/file.yaml", "old");
    let real = stage.inside.join("real/file.yaml");
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).unwrap();
    stage.link("link.yaml", "real/file.yaml");
    stage
        .root
        .named("link.yaml")
        .replace(b"new", Access::Ordinary)
        .unwrap();
    assert_eq!(std::fs::read_to_string(&real).unwrap(), "new");
    assert_eq!(mode(&real), 0o640);
    assert!(
        stage
            .inside
            .join("link.yaml")
            .symlink_metadata()
            .unwrap()
            .is_symlink()
    );
    // Nothing is left beside it.
    assert_eq!(
        stage.inside.join("real").read_dir_utf8().unwrap().count(),
        1
    );
}

#[test]
fn a_failed_writing_leaves_what_was_there() {
    let stage = stage();
    stage.write("plan.json", "old");
    let given = Given::new(stage.inside.join("plan.json"));
    let failed = given.replace(Access::Private, |file| {
        file.write_all(b"half")?;
        Err(std::io::Error::other("the disk is full"))
    });
    assert!(failed.is_err());
    assert_eq!(given.read_text(100).unwrap(), "old");
    assert_eq!(stage.inside.read_dir_utf8().unwrap().count(), 1);
}

#[test]
fn only_one_holds_a_lock() {
    let stage = stage();
    let places = [
        Place::Named(stage.root.own(".portcullis/sandbox/acme.json")),
        Place::from(stage.outside.join("deep/acme.json")),
    ];
    for place in places {
        let lock = place.with_ending("lock");
        let held = lock.lock().unwrap();
        assert!(held.is_some() && lock.lock().unwrap().is_none(), "{lock}");
        drop(held);
        assert!(lock.lock().unwrap().is_some(), "{lock}");
    }
}

#[test]
fn links_of_a_revision_are_followed_inside_its_tree_alone() {
    let scratch = Scratch::new().unwrap();
    scratch
        .write("rosters/a.txt".into(), b"ana@globex.example\n")
        .unwrap();
    scratch.link("b.txt".into(), "rosters/a.txt").unwrap();
    scratch
        .link("out.txt".into(), "../../../../etc/passwd")
        .unwrap();
    scratch.link("absolute.txt".into(), "/etc/passwd").unwrap();
    let root = Root::open(scratch.path()).unwrap();
    assert_eq!(
        root.named("b.txt").read_text(100).unwrap(),
        "ana@globex.example\n"
    );
    for path in ["out.txt", "absolute.txt"] {
        assert!(
            matches!(
                root.named(path).read(1 << 20).unwrap_err().why,
                Why::LeadsOut
            ),
            "{path}"
        );
    }
    let path = scratch.path().to_owned();
    assert_eq!(mode(&path), 0o700);
    drop((scratch, root));
    assert!(!path.exists());
}

#[test]
fn a_list_is_bounded() {
    let stage = stage();
    for name in ["a", "b", "c"] {
        stage.write(name, "");
    }
    let names = stage.root.list("".into(), 3).unwrap();
    assert_eq!(
        names
            .iter()
            .map(|item| item.name.as_str())
            .collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    assert!(stage.root.list("".into(), 2).is_err());
}

#[test]
fn thousands_of_files_need_one_descriptor() {
    let stage = stage();
    for number in 0..2_000 {
        stage.write(&format!("d{}/f{number}", number % 50), "x");
    }
    let open = || std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    let before = open();
    for number in 0..2_000 {
        let path = format!("d{}/f{number}", number % 50);
        assert_eq!(stage.root.named(path).read(10).unwrap(), b"x");
    }
    // Other tests of this process open files meanwhile.
    assert!(open() < before + 50, "{before} then {}", open());
}
