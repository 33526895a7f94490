//! People who come by an invitation, which Atlassian sends where a project's list says so.

use crate::support::{Case, check, run};
use insta::assert_snapshot;
use portcullis::model::Read;

const SITE: &str =
    "customer_access: { external: { portal_only_accounts: true, allowed_domains: any } }
organizations: { Globex: { members: { list: [ana@globex.example] } } }
projects: { ITSM: {}, HR: {} }";

#[test]
fn newcomers_of_a_projects_list_are_invited_and_nobody_who_has_an_account() {
    assert_snapshot!(check(
        "organizations: { Globex: { members: { list: [new@globex.example, silent@globex.example] } } }
projects:
  ITSM: { customers: { create: invite, list: [ana@globex.example, new@globex.example, { email: bo@x.example, name: Bo }] } }
  HR: { customers: { list: [bo@x.example] } }",
        SITE,
    ));
}

#[test]
fn the_mails_are_those_that_were_promised() {
    run(async {
        let case = Case::new(
            "projects: { ITSM: { customers: { create: invite, list: [ana@globex.example, new@globex.example] } } }",
            SITE,
        )
        .await;
        let round = case.converge().await;
        assert_eq!(round.document.notifications.mails, 1);
        assert_eq!(round.document.notifications.untold, 0);
        assert_eq!(case.sandbox.stats().mails, 1);
    });
}

#[test]
fn an_invitation_takes_both_rights_and_is_said_before() {
    run(async {
        let case = Case::new(
            "projects: { ITSM: { customers: { create: invite, list: [new@globex.example] } } }",
            SITE,
        )
        .await;
        let mut observed = case.plan().await.observed;
        if let Some(Read::Complete(rights)) = &mut observed.rights {
            rights.site.values_mut().for_each(|held| *held = false);
        }
        let round = case.plan_from(observed);
        let account = &round.plan.changes[0];
        assert!(account.needs_right.is_some(), "{}", round.text());
        let text = round.text();
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains("mails: none with these credentials, which lack the right")
                && words.contains("; with it 1 mail"),
            "{text}"
        );
    });
}
