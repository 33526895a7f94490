//! A service that says what is not so: an organization under another name, an account that nobody knows yet, a 404 that is
//! not true. Nothing is lost by it, and no run ends well that did not do its work.

use crate::support::{Case, run, site};
use portcullis::apply::{Apply, ApplyReport, Journal, Outcome};
use portcullis::emulator::{Answer, Fate, Options, Passage, Policy, Verdict};
use portcullis::model::OrganizationId;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers one operation with something else, so often.
#[derive(Debug)]
pub(crate) struct Liar {
    operation: &'static str,
    status: u16,
    body: Value,
    /// Whether the request is carried out all the same.
    lands: bool,
    left: AtomicUsize,
    told: AtomicUsize,
}

impl Liar {
    pub(crate) fn new(
        operation: &'static str,
        status: u16,
        body: Value,
        times: usize,
    ) -> Arc<Self> {
        Arc::new(Self {
            operation,
            status,
            body,
            lands: false,
            left: AtomicUsize::new(times),
            told: AtomicUsize::new(0),
        })
    }

    fn once_landed(operation: &'static str, status: u16, body: Value) -> Arc<Self> {
        let mut liar = Self::new(operation, status, body, 1);
        Arc::get_mut(&mut liar).unwrap().lands = true;
        liar
    }

    fn judge(&self, passage: Passage<'_>) -> Verdict {
        let less = |left: usize| left.checked_sub(1);
        if passage.operation != self.operation
            || self
                .left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
                .is_err()
        {
            return Verdict::default();
        }
        self.told.fetch_add(1, Ordering::SeqCst);
        Verdict {
            fate: Fate::Answer(Answer::json(self.status, &self.body)),
            ..Verdict::default()
        }
    }
}

impl Policy for Liar {
    fn arrive(&self, passage: Passage<'_>) -> Verdict {
        match self.lands {
            true => Verdict::default(),
            false => self.judge(passage),
        }
    }

    fn leave(&self, passage: Passage<'_>, _: &Answer) -> Verdict {
        match self.lands {
            true => self.judge(passage),
            false => Verdict::default(),
        }
    }
}

pub(crate) async fn case(desired: &str, seed: &str, liar: &Arc<Liar>) -> Case {
    let policy = Arc::<Liar>::clone(liar);
    let options = Options {
        policy,
        ..Options::default()
    };
    let open =
        "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }";
    let seed = match seed.contains("customer_access") {
        true => seed.to_owned(),
        false => format!("{seed}\n        {open}"),
    };
    let mut case = Case::with(desired, &seed, options).await;
    case.options.clock = Arc::new(crate::weather::Jumping::default());
    case
}

/// The outcomes of a plan, by address.
async fn applied(case: &Case) -> (Vec<(String, Outcome)>, ApplyReport) {
    let round = case.plan().await;
    let report = case.apply(&round).await;
    let rows = round.plan.changes.iter().zip(&report.outcomes);
    let rows = rows.map(|(change, outcome)| {
        (
            format!("{} {}", change.action.word(), change.address),
            outcome.clone(),
        )
    });
    (rows.collect(), report)
}

fn of<'o>(outcomes: &'o [(String, Outcome)], row: &str) -> &'o Outcome {
    let found = outcomes.iter().find(|(name, _)| name == row);
    &found
        .unwrap_or_else(|| panic!("no `{row}` in {outcomes:#?}"))
        .1
}

const ORGANIZATION: &str = "POST /rest/servicedeskapi/organization";

#[test]
fn an_organization_that_is_known_under_another_name_keeps_its_link() {
    run(async {
        let liar = Liar::new(ORGANIZATION, 201, json!({"id": "1", "name": "Initech"}), 1);
        let case = case(
            "
        organizations: { Initech: { members: { list: [ana@initech.example] } } }
        projects: { ITSM: { organizations: { mode: exact, list: [Initech] } } }",
            "
        organizations: { Initech Ltd: { members: { list: [ana@initech.example, old@initech.example] } } }
        projects: { ITSM: { channel_access: restricted, organizations: { list: [Initech Ltd] } } }",
            &liar,
        )
        .await;
        let id = OrganizationId::new("1");
        assert!(
            case.sandbox
                .site()
                .organizations()
                .any(|found| found.id() == id)
        );
        let (outcomes, report) = applied(&case).await;
        assert_eq!(liar.told.load(Ordering::SeqCst), 1, "the lie was told");
        let failed = of(&outcomes, "create acme/organization/Initech");
        assert!(
            matches!(failed, Outcome::Failed(why) if why.to_string().contains("`Initech Ltd`")),
            "{failed:?}"
        );
        for row in [
            "create acme/project/ITSM/organization/Initech",
            "delete acme/project/ITSM/organization/Initech Ltd",
        ] {
            let outcome = of(&outcomes, row);
            assert!(
                matches!(outcome, Outcome::NotTried(_)),
                "{row}: {outcome:?}"
            );
        }
        assert_eq!(report.counts().done, 0, "{outcomes:?}");
        // The site tells the truth from now on, and the next run ends well.
        assert_eq!(
            case.sandbox
                .site()
                .projects()
                .filter(|project| project.organizations().contains(&id))
                .count(),
            1
        );
        case.converge().await;
    });
}

#[test]
fn two_creations_answered_with_one_id_are_believed_of_neither() {
    run(async {
        let liar = Liar::new(ORGANIZATION, 201, json!({"id": "77", "name": "Any"}), 2);
        let case = case(
            "
        organizations: { One: { members: { list: [ana@x.example] } }, Two: {} }
        projects: { ITSM: { organizations: { list: [One, Two] } } }",
            "
        projects: { ITSM: { channel_access: restricted } }",
            &liar,
        )
        .await;
        let (outcomes, report) = applied(&case).await;
        assert!(report.counts().failed > 0, "{outcomes:?}");
        for row in [
            "create acme/organization/One/member/ana@x.example",
            "create acme/project/ITSM/organization/One",
            "create acme/project/ITSM/organization/Two",
        ] {
            let outcome = of(&outcomes, row);
            assert!(
                matches!(outcome, Outcome::NotTried(_)),
                "{row}: {outcome:?}"
            );
        }
        case.converge().await;
    });
}

#[test]
fn an_account_that_was_just_made_is_tried_again_for_some_seconds() {
    let refused = json!({"errorMessage": "The user does not exist"});
    let desired = "
        organizations: { Globex: { members: { list: [ana@x.example, new@x.example] } } }
        projects: { ITSM: { customers: { list: [other@x.example] } } }";
    let seed = "
        organizations: { Globex: { members: { list: [ana@x.example] } } }
        projects: { ITSM: { channel_access: restricted } }";
    for operation in [
        "POST /rest/servicedeskapi/organization/{organizationId}/user",
        "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
    ] {
        for status in [404, 400] {
            run(async {
                let liar = Liar::new(operation, status, refused.clone(), 3);
                let case = case(desired, seed, &liar).await;
                let (outcomes, report) = applied(&case).await;
                assert_eq!(liar.told.load(Ordering::SeqCst), 3, "the lie was told");
                assert_eq!(report.counts().failed, 0, "{outcomes:?}");
                assert_eq!(case.plan().await.addresses(), Vec::<String>::new());
            });
            // It ends: what is refused for good is a failure, and everything else is done.
            run(async {
                let liar = Liar::new(operation, status, refused.clone(), usize::MAX);
                let case = case(desired, seed, &liar).await;
                let (outcomes, report) = applied(&case).await;
                assert_eq!(report.counts().failed, 1, "{outcomes:?}");
                assert!(liar.told.load(Ordering::SeqCst) <= 6);
            });
        }
    }
}

#[test]
fn a_creation_answered_with_a_known_account_is_no_creation() {
    run(async {
        let seed = "
        organizations: { Globex: { members: { list: [ana@x.example] } } }";
        let known = {
            let site = site(seed);
            let account = site
                .accounts()
                .find(|account| account.email() == "ana@x.example");
            account.unwrap().id()
        };
        let body =
            json!({"accountId": known, "emailAddress": "new@x.example", "displayName": "new"});
        let liar = Liar::new("POST /rest/servicedeskapi/customer", 201, body, 1);
        let case = case(
            "organizations: { Globex: { members: { list: [ana@x.example, new@x.example] } } }",
            seed,
            &liar,
        )
        .await;
        let (outcomes, _) = applied(&case).await;
        let made = of(&outcomes, "create acme/account/new@x.example");
        assert!(
            matches!(made, Outcome::Failed(why) if why.to_string().contains("known already")),
            "{made:?}"
        );
        let member = of(
            &outcomes,
            "create acme/organization/Globex/member/new@x.example",
        );
        assert!(matches!(member, Outcome::NotTried(_)), "{member:?}");
        case.converge().await;
    });
}

#[test]
fn a_removal_answered_with_404_is_read_back_once() {
    let gone = json!({"errorMessage": "Not found."});
    let desired = "
        organizations_mode: exact
        organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } }, Old: { state: absent } }
        projects: { ITSM: { organizations: { mode: exact, list: [Globex] }, customers: { mode: exact, list: [ana@x.example] } } }";
    let seed = "
        organizations: { Globex: { members: { list: [ana@x.example, bo@x.example, cy@x.example] } }, Old: {}, Other: {} }
        projects: { ITSM: { channel_access: restricted, organizations: { list: [Globex, Other] }, customers: { list: [ana@x.example, dora@x.example] } } }";
    for (operation, row, times) in [
        (
            "DELETE /rest/servicedeskapi/organization/{organizationId}/user",
            "delete acme/organization/Globex/member/bo@x.example",
            usize::MAX,
        ),
        (
            "DELETE /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
            "delete acme/project/ITSM/customer/dora@x.example",
            usize::MAX,
        ),
        (
            "DELETE /rest/servicedeskapi/servicedesk/{serviceDeskId}/organization",
            "delete acme/project/ITSM/organization/Other",
            usize::MAX,
        ),
        (
            "DELETE /rest/servicedeskapi/organization/{organizationId}",
            "delete acme/organization/Old",
            usize::MAX,
        ),
    ] {
        // What is still there is not called gone.
        run(async {
            let liar = Liar::new(operation, 404, gone.clone(), times);
            let case = case(desired, seed, &liar).await;
            let (outcomes, _) = applied(&case).await;
            assert!(
                liar.told.load(Ordering::SeqCst) > 0,
                "{operation} was not asked"
            );
            let outcome = of(&outcomes, row);
            assert!(matches!(outcome, Outcome::Failed(_)), "{row}: {outcome:?}");
        });
        // What is gone is not called failed.
        run(async {
            let liar = Liar::once_landed(operation, 404, gone.clone());
            let case = case(desired, seed, &liar).await;
            let (outcomes, _) = applied(&case).await;
            let outcome = of(&outcomes, row);
            assert!(
                matches!(outcome, Outcome::AlreadyTrue | Outcome::Done),
                "{row}: {outcome:?}"
            );
            assert_eq!(case.plan().await.addresses(), Vec::<String>::new());
        });
    }
}

/// Plans, applies and reads back.
async fn verified(case: &Case) -> (Vec<(String, Outcome)>, ApplyReport) {
    let round = case.plan().await;
    let connection = case.connect();
    let (reader, writer) = (connection.reader(), connection.writer());
    let apply = Apply {
        begins: &|_| (),
        reader: &reader,
        writer: &writer,
        desired: &case.desired(),
        observed: &round.observed,
        journal: &Journal::none(),
    };
    let report = apply.run_and_verify(&round.plan).await;
    let rows = round.plan.changes.iter().zip(&report.outcomes);
    let rows = rows.map(|(change, outcome)| {
        let row = format!("{} {}", change.action.word(), change.address);
        (row, outcome.clone())
    });
    (rows.collect(), report)
}

#[test]
fn a_write_that_is_promised_and_not_done_is_found_by_reading_back() {
    let desired = "
        organizations_mode: exact
        organizations: { Globex: { members: { mode: exact, list: [ana@x.example, new@x.example] } }, Old: { state: absent } }
        projects: { ITSM: { organizations: { mode: exact, list: [Globex] }, customers: { mode: exact, list: [ana@x.example] } } }";
    let seed = "
        organizations: { Globex: { members: { list: [ana@x.example, bo@x.example] } }, Old: {}, Other: {} }
        projects: { ITSM: { channel_access: restricted, organizations: { list: [Other] }, customers: { list: [dora@x.example] } } }";
    let nobody = json!({"accountId": "qm:none:1", "displayName": "x"});
    let nothing = json!({});
    for (operation, status, body, row) in [
        (
            "POST /rest/servicedeskapi/organization/{organizationId}/user",
            200,
            &nothing,
            "create acme/organization/Globex/member/new@x.example",
        ),
        (
            "DELETE /rest/servicedeskapi/organization/{organizationId}/user",
            200,
            &nothing,
            "delete acme/organization/Globex/member/bo@x.example",
        ),
        (
            "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
            200,
            &nothing,
            "create acme/project/ITSM/customer/ana@x.example",
        ),
        (
            "DELETE /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
            200,
            &nothing,
            "delete acme/project/ITSM/customer/dora@x.example",
        ),
        (
            "POST /rest/servicedeskapi/servicedesk/{serviceDeskId}/organization",
            200,
            &nothing,
            "create acme/project/ITSM/organization/Globex",
        ),
        (
            "DELETE /rest/servicedeskapi/servicedesk/{serviceDeskId}/organization",
            200,
            &nothing,
            "delete acme/project/ITSM/organization/Other",
        ),
        (
            "DELETE /rest/servicedeskapi/organization/{organizationId}",
            200,
            &nothing,
            "delete acme/organization/Old",
        ),
        (
            "POST /rest/servicedeskapi/customer",
            201,
            &nobody,
            "create acme/account/new@x.example",
        ),
    ] {
        run(async {
            let liar = Liar::new(operation, status, body.clone(), 1);
            let case = case(desired, seed, &liar).await;
            let (outcomes, report) = verified(&case).await;
            assert_eq!(
                liar.told.load(Ordering::SeqCst),
                1,
                "{operation} was not asked"
            );
            let outcome = of(&outcomes, row);
            assert!(
                matches!(outcome, Outcome::Failed(why) if why.to_string().contains("reading it back")),
                "{row}: {outcome:?}"
            );
            assert!(report.counts().failed >= 1);
        });
    }
}

#[test]
fn what_holds_is_read_back_once_per_list_and_stays_done() {
    run(async {
        let liar = Liar::new("never", 200, json!({}), 0);
        let case = case(
            "
        organizations: { Globex: { members: { list: [ana@x.example, bo@x.example, cy@x.example] } }, Initech: {} }
        projects: { ITSM: { organizations: { list: [Globex, Initech] } } }",
            "
        organizations: { Globex: {} }
        projects: { ITSM: { channel_access: restricted } }",
            &liar,
        )
        .await;
        let round = case.plan().await;
        let plain = case.sandbox.stats().requests;
        let (outcomes, report) = verified(&case).await;
        assert!(
            outcomes
                .iter()
                .all(|(_, outcome)| *outcome == Outcome::Done),
            "{outcomes:?}"
        );
        assert_eq!(report.counts().done, round.plan.changes.len());
        let reads = &case.sandbox.stats().by_operation;
        let members = reads["GET /rest/servicedeskapi/organization/{organizationId}/user"];
        // Twice to plan, once to read back.
        assert_eq!(members, 3, "{plain}: {reads:?}");
    });
}

/// A list that breaks off or is refused is no list: nobody is taken off it, put on it, or called absent from it.
#[test]
fn a_list_that_was_not_read_whole_decides_nothing() {
    let desired = "
        organizations: { Globex: { members: { mode: exact, list: [ana@x.example] } } }
        projects: { ITSM: { customers: { mode: exact, list: [dora@x.example] } } }";
    let seed = "
        organizations: { Globex: { members: { list: [ana@x.example, bo@x.example] } } }
        projects: { ITSM: { channel_access: restricted, customers: { list: [dora@x.example, eve@x.example] } } }";
    for (operation, list) in [
        (
            "GET /rest/servicedeskapi/organization/{organizationId}/user",
            "acme/organization/Globex/member",
        ),
        (
            "GET /rest/servicedeskapi/servicedesk/{serviceDeskId}/customer",
            "acme/project/ITSM/customer",
        ),
    ] {
        run(async {
            let refused = json!({"errorMessage": "no"});
            let liar = Liar::new(operation, 403, refused, usize::MAX);
            let round = case(desired, seed, &liar).await.plan().await;
            assert!(
                liar.told.load(Ordering::SeqCst) > 0,
                "{operation} was not asked"
            );
            assert!(!round.plan.errors.is_empty(), "{operation}");
            let rows = round.addresses();
            assert!(rows.iter().all(|row| !row.contains(list)), "{rows:?}");
        });
    }
}
