//! One list of people in any dialect: loading it, patching it after somebody changed the site, and exporting the site agree about
//! who is on which list.

use crate::dialects::{Dialect, LISTS, Row, TODAY, Use, account, address, dialect, rows};
use camino::{Utf8Path, Utf8PathBuf};
use portcullis::config::{self, LoadOptions, Mode, Workspace};
use portcullis::desired::Desired;
use portcullis::diagnostic::Severity;
use portcullis::export::{self, Members, Shape, Target};
use portcullis::model::{
    AccountId, AccountKind, AccountSet, ChannelAccess, DeskId, Email, OrganizationId, ProjectKey,
    Read, SiteKey, Surface,
};
use portcullis::observed::{
    Observation, Observed, ObservedAccount, ObservedOrganization, ObservedProject, Standing,
};
use portcullis::patch::{self, Difference, Patch};
use portcullis::plan::diff::diff;
use portcullis::plan::{Action, Change};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// People on lists, by number.
type Lists = [BTreeSet<usize>; LISTS.len()];

/// People of the file, and people who come later.
const PEOPLE: std::ops::Range<usize> = 0..12;
const STRANGERS: std::ops::Range<usize> = 20..24;

/// One situation: a list in a dialect, who left, and what somebody did to the site.
#[derive(Debug, Clone)]
struct Story {
    dialect: Dialect,
    rows: Vec<Row>,
    many: bool,
    left: Dialect,
    leavers: Vec<Row>,
    gone: BTreeSet<(usize, usize)>,
    come: BTreeSet<(usize, usize)>,
}

fn story() -> impl Strategy<Value = Story> {
    let list = 0..LISTS.len();
    (
        dialect(),
        rows(PEOPLE),
        any::<bool>(),
        dialect(),
        rows(9..PEOPLE.end),
        prop::collection::btree_set((list.clone(), PEOPLE), 0..6),
        prop::collection::btree_set((list, STRANGERS), 0..4),
    )
        .prop_map(|(dialect, rows, many, left, leavers, gone, come)| Story {
            dialect,
            rows,
            many,
            left,
            leavers,
            gone,
            come,
        })
}

impl Story {
    fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let used = if self.many {
            Use::ManyLists
        } else {
            Use::OneList
        };
        let named = self.dialect.named("people.csv", used);
        let mut root = format!(
            "version: 1\nleavers: [{}]\nsites:\n  acme:\n    url: \"sandbox:\"\n",
            self.left.named("left.csv", Use::Leavers)
        );
        if self.many {
            root += &format!("    rosters: [{named}]\n");
        }
        for kind in ["organizations", "projects"] {
            root += &format!("    {kind}:\n");
            for (number, (_, name)) in LISTS.iter().enumerate().filter(|(_, (k, _))| *k == kind) {
                let people = if kind == "projects" {
                    "customers"
                } else {
                    "members"
                };
                let from = match self.many || number > 0 {
                    true => String::new(),
                    false => format!(", from: [{named}]"),
                };
                root += &format!(
                    "      {name:?}: {{ {people}: {{ mode: exact, allow_empty: true{from} }} }}\n"
                );
            }
        }
        vec![
            ("portcullis.yaml", root.into_bytes()),
            ("people.csv", self.dialect.written(&self.rows, used)),
            ("left.csv", self.left.written(&self.leavers, Use::Leavers)),
        ]
    }

    /// Who has left for good by today.
    fn left(&self) -> BTreeSet<usize> {
        let left = self.leavers.iter();
        let left = left.filter(|row| row.until.is_none_or(|until| until < TODAY));
        left.map(|row| row.person).collect()
    }

    fn on(&self, row: &Row, list: usize) -> bool {
        if self.many {
            row.lists.contains(&list)
        } else {
            list == 0
        }
    }

    /// Who is to be on each list today, and who is named by it and must not be.
    fn meant(&self) -> (Lists, Lists) {
        let left = self.left();
        let (mut present, mut out) = (Lists::default(), Lists::default());
        for row in &self.rows {
            let ended = row.until.is_some_and(|until| until < TODAY);
            let counts = row.active && !ended && !left.contains(&row.person);
            for list in (0..LISTS.len()).filter(|list| self.on(row, *list)) {
                let side = if counts { &mut present } else { &mut out };
                side[list].insert(row.person);
            }
        }
        (present, out)
    }
}

fn key() -> SiteKey {
    SiteKey::new("acme").unwrap()
}

fn load(root: &Utf8Path) -> Result<Workspace, TestCaseError> {
    let loaded = config::load(root, LoadOptions::new(TODAY));
    let errors = loaded
        .diagnostics
        .iter()
        .filter(|said| said.severity == Severity::Error);
    let errors: Vec<String> = errors.map(|said| format!("{said:?}")).collect();
    prop_assert!(errors.is_empty(), "{errors:#?}");
    Ok(loaded.workspace.unwrap())
}

/// Returns who is to be on each list, as the loader understands the files.
fn listed(workspace: &Workspace) -> Lists {
    let desired = Desired::new(workspace, &key(), TODAY).unwrap();
    let mut lists = Lists::default();
    let left: BTreeSet<String> = desired
        .site
        .people
        .keys()
        .map(|who| who.key().to_owned())
        .collect();
    let organizations = desired
        .members
        .iter()
        .map(|(name, list)| (name.as_str(), list));
    let projects = desired
        .customers
        .iter()
        .map(|(key, list)| (key.as_str(), list));
    for (name, list) in organizations.chain(projects) {
        let number = LISTS.iter().position(|(_, known)| *known == name).unwrap();
        for entry in &list.present {
            let who = entry.who.text();
            let everybody = PEOPLE.chain(STRANGERS);
            let mut everybody = everybody.filter(|person| {
                let email = Email::new(&address(*person)).unwrap();
                let out = left.contains(email.key());
                !out && (who == account(*person)
                    || Email::new(&who).is_ok_and(|e| e.key() == email.key()))
            });
            lists[number].extend(everybody.next());
        }
    }
    lists
}

/// Returns what was read of a site with these people on its lists.
fn observed(lists: &Lists) -> Observed {
    let mut observed = Observed::nothing(key());
    for person in PEOPLE.chain(STRANGERS) {
        let seen = ObservedAccount {
            email: Email::new(&address(person)).ok(),
            name: format!("Person {person}").into(),
            kind: Some(AccountKind::PortalOnly),
            active: true,
            standing: Standing::Customer,
        };
        observed
            .accounts
            .insert(AccountId::new(account(person)), seen);
    }
    let people = |list: usize| -> AccountSet {
        lists[list]
            .iter()
            .map(|person| AccountId::new(account(*person)))
            .collect()
    };
    let organizations = LISTS
        .iter()
        .enumerate()
        .filter(|(_, (kind, _))| *kind == "organizations");
    let organizations = organizations.map(|(list, (_, name))| {
        let organization = ObservedOrganization {
            name: (*name).to_owned(),
            scim_managed: false,
            members: Some(Read::Complete(people(list))),
            ownership: None,
            email_domains: None,
        };
        (OrganizationId::new(format!("{}", list + 1)), organization)
    });
    observed.organizations = Some(Read::Complete(organizations.collect()));
    let project = ObservedProject {
        desk: DeskId::new("1"),
        name: "People".into(),
        channel_access: Some(Observation::read(
            ChannelAccess::Restricted,
            Surface::Private,
        )),
        customer_sharing: None,
        echoed_signup: None,
        echoed_anonymous: None,
        organizations: Some(Read::Complete(BTreeSet::new())),
        customers: Some(Read::Complete(people(2))),
        only_shown: portcullis::model::AccountSet::default(),
        knowledge_base: None,
        permissions: None,
    };
    observed.projects = Some(Read::Complete(BTreeMap::from([(
        ProjectKey::new("HR").unwrap(),
        project,
    )])));
    observed
}

/// Returns who comes and who goes by the plan, by list.
fn moves(workspace: &Workspace, observed: &Observed) -> (Vec<Change>, Lists, Lists) {
    let desired = Desired::new(workspace, &key(), TODAY).unwrap();
    let plan = diff(&desired, observed);
    let (mut come, mut go) = (Lists::default(), Lists::default());
    for change in &plan.changes {
        let text = format!("{} ", change.address);
        let list = LISTS.iter().position(|(kind, name)| {
            let kind = kind.trim_end_matches('s');
            let list = portcullis::model::Address::new(["acme", kind, name]);
            text.starts_with(&format!("{list}/"))
        });
        let list = list.unwrap_or_else(|| panic!("{change:#?}"));
        let who = PEOPLE.chain(STRANGERS).find(|person| {
            change.after["account_id"] == account(*person)
                || change.before["account_id"] == account(*person)
        });
        let who = who.unwrap_or_else(|| panic!("{change:#?}"));
        let side = if change.action == Action::Delete {
            &mut go
        } else {
            &mut come
        };
        side[list].insert(who);
    }
    (plan.changes, come, go)
}

fn addresses(changes: &[Change]) -> BTreeSet<String> {
    changes
        .iter()
        .map(|change| change.address.to_string())
        .collect()
}

fn proposed(workspace: &Workspace, observed: &Observed, changes: &[Change]) -> Patch {
    let site = key();
    let difference = Difference {
        site: &site,
        observed,
        changes: changes.iter().collect(),
    };
    let replan = |workspace: &Workspace, _: &SiteKey| addresses(&moves(workspace, observed).0);
    patch::propose(workspace, &[difference], "", TODAY, &replan)
}

fn minus(lists: &Lists, other: &Lists) -> Lists {
    std::array::from_fn(|list| &lists[list] - &other[list])
}

fn agree(story: &Story) -> Result<(), TestCaseError> {
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(directory.path().join("work")).unwrap();
    fs_err::create_dir(&root).unwrap();
    for (path, bytes) in story.files() {
        fs_err::write(root.join(path), bytes).unwrap();
    }
    // Loading: the lists are those that were meant.
    let workspace = load(&root)?;
    let (present, out) = story.meant();
    prop_assert_eq!(&listed(&workspace), &present);
    // Somebody took people off and put others on; whoever has to be off is still there.
    let mut live = present.clone();
    for (list, person) in &story.gone {
        live[*list].remove(person);
    }
    live.iter_mut()
        .zip(&out)
        .for_each(|(live, out)| live.extend(out));
    live = minus(&live, &Lists::default());
    for (list, person) in &story.come {
        live[*list].insert(*person);
    }
    let observed = observed(&live);
    let (changes, come, go) = moves(&workspace, &observed);
    prop_assert_eq!(&come, &minus(&present, &live), "who comes");
    prop_assert_eq!(&go, &minus(&live, &present), "who goes");
    // Patching: what an edit can say is accepted, and the rest is left with a reason.
    let patch = proposed(&workspace, &observed, &changes);
    fs_err::write(root.join("accept.patch"), &patch.diff).unwrap();
    if !patch.diff.is_empty() {
        let applied = Command::new("git")
            .args(["apply", "accept.patch"])
            .current_dir(&root)
            .env("GIT_CEILING_DIRECTORIES", directory.path())
            .output()
            .unwrap();
        prop_assert!(
            applied.status.success(),
            "{}\n{:?}",
            String::from_utf8_lossy(&applied.stderr),
            patch.diff
        );
    }
    let patched = load(&root)?;
    let (rest, ..) = moves(&patched, &observed);
    let left: BTreeSet<String> = patch
        .left
        .iter()
        .map(|(address, _)| address.clone())
        .collect();
    prop_assert_eq!(&addresses(&rest), &left, "{:?}", &patch.left);
    if story.dialect.is_text() {
        prop_assert_eq!(
            &minus(&live, &out),
            &listed(&patched),
            "{:?}\n{:?}",
            &patch.left,
            &patch.diff
        );
    } else {
        for (address, why) in &patch.left {
            prop_assert!(
                why.to_string().contains("no patch can edit")
                    || why.to_string().contains("must be absent"),
                "{address}: {why}"
            );
        }
    }
    // Exporting: what is written from the site is the site, and one list is the other.
    let shape = Shape {
        members: Members::Csv,
        mode: Mode::Exact,
        ids: false,
    };
    let export = export::workspace(&observed, &target(), shape).unwrap();
    let exported = root.join("exported");
    for (path, text) in &export.files {
        let path = exported.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    let exported = load(&exported)?;
    prop_assert_eq!(&listed(&exported), &live);
    prop_assert!(moves(&exported, &observed).0.is_empty());
    Ok(())
}

fn target() -> Target {
    Target {
        key: key(),
        url: "https://acme.atlassian.net".to_owned(),
        api_url: None,
        auth: config::Auth::Classic,
        user_management: Default::default(),
        confluence_plan: None,
        gateway: config::SurfaceMode::Read,
        private: config::SurfaceMode::Read,
        mapped: None,
        atlassian: None,
    }
}

/// A moderate number of cases, unless `PROPTEST_CASES` says otherwise.
fn cases() -> ProptestConfig {
    let given = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig::default();
    let cases = if given { default.cases } else { 48 };
    ProptestConfig { cases, ..default }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn loading_patching_and_exporting_agree_in_every_dialect(story in story()) {
        agree(&story)?;
    }
}
