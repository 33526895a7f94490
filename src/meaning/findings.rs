//! Findings and notices that are not problems of a single file: what judging, planning and `drift` report, by code.
//!
//! The codes of problems in files stand in [`crate::config::codes`], with their sentences.

/// Which step reports a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading the files.
    Files,
    /// Judging what is written.
    Judged,
    /// Planning.
    Plan,
    /// `drift`.
    Drift,
}

/// A code that something else than reading a file reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Which step reports it.
    pub stage: Stage,
    /// The code.
    pub code: &'static str,
    /// What it means.
    pub text: &'static str,
}

/// Makes a row.
const fn finding(stage: Stage, code: &'static str, text: &'static str) -> Finding {
    Finding { stage, code, text }
}

/// Every finding, in the order of the documentation.
#[rustfmt::skip]
pub static TABLE: &[Finding] = &[
    finding(Stage::Files, "expired-acceptance", "An entry of `policy.accept_drift` has ended: what differs there counts again (a warning)."),
    finding(Stage::Files, "protects-nothing", "A pattern of `policy.protect` is about no site, project or organization of the files (a warning)."),
    finding(Stage::Judged, "expectation-failed", "An expectation does not hold; the labels are the counterexample."),
    finding(Stage::Judged, "expectation-undecided", "The rules or the facts do not decide an expectation (a warning; in a plan, a finding)."),
    finding(Stage::Judged, "unused-acknowledgement", "An entry of `policy.acknowledge` matches nothing that is found."),
    finding(Stage::Judged, "expired-acknowledgement", "An entry of `policy.acknowledge` has ended, so its finding counts again."),
    finding(Stage::Plan, "absent-keeps", "Somebody whom the files declare absent keeps the account, and what needs no list: revoking or suspending the account ends that."),
    finding(Stage::Plan, "acceptance-pending", "The branch brings an acceptance; it lifts nothing until the base has it."),
    finding(Stage::Plan, "access-not-given-back", "The branch no longer says that somebody's access ends; where it has ended, only a person can give it back."),
    finding(Stage::Plan, "account-address-differs", "A person given by id has an address that is neither `email` nor `previous_email`."),
    finding(Stage::Plan, "account-kind-differs", "A person has the other kind of account than declared; no program can change that."),
    finding(Stage::Plan, "address-changed", "Somebody comes and somebody of the same name at another domain leaves the same list: `previous_email` or `new_person` says whether they are one person."),
    finding(Stage::Plan, "attestation-contradicted", "What was read says something else than an attestation."),
    finding(Stage::Plan, "attestation-expired", "An attestation has ended, so its value is not known."),
    finding(Stage::Plan, "base-history-unknown", "How the branch relates to its base cannot be told, with the reason; what was not there before is marked unknown."),
    finding(Stage::Plan, "base-not-read", "The base, or a submodule or link in it, could not be read; what was not there before is marked unknown."),
    finding(Stage::Plan, "branch-behind-base", "The base has moved on since the branch left it: merge or rebase first."),
    finding(Stage::Plan, "customer-group", "A group is in the role Service Desk Customers of a project: its members are customers beside those whom the files list."),
    finding(Stage::Plan, "domain-changed", "Several people leave a list and as many of the same names come from another domain: `previous_domains` says that they are the same people."),
    finding(Stage::Plan, "drift-accepted", "A difference that `policy.accept_drift` leaves alone."),
    finding(Stage::Plan, "echoes-differ", "Two projects echo different values of one site-wide setting: the site is being changed, so the value counts as not read."),
    finding(Stage::Plan, "entries-ended", "Entries of a list have ended and remove nobody: how many, and the first with its place, so that a slip in the year is noticed."),
    finding(Stage::Plan, "expectation-holds-later", "An expectation holds once the steps by hand are taken, and not before."),
    finding(Stage::Plan, "inactive-or-hidden", "A listed person's account is deactivated or revoked; a person has to grant it access again."),
    finding(Stage::Plan, "left-in-place", "Somebody who is not listed is not removed, and why."),
    finding(Stage::Plan, "moved", "People leave one organization and join another."),
    finding(Stage::Plan, "no-account", "A listed person has no account, and none is made."),
    finding(Stage::Plan, "no-longer-managed", "The branch stops managing an organization, a project or a site; it stays as it is."),
    finding(Stage::Plan, "no-workspace-at-base", "There was no workspace at the base, so every change is new."),
    finding(Stage::Plan, "not-readable", "A setting could not be read on a route that is not needed otherwise; the step is to be done by hand."),
    finding(Stage::Plan, "not-searched", "The site's search could not be asked for some of the listed people."),
    finding(Stage::Plan, "organization-renamed", "An organization is made, and the site has one of nearly the same name that no file names: `previous_name` says that it is the same."),
    finding(Stage::Plan, "opens-help-center", "An organization opens a help center or a support site: whoever leaves it, and everybody where it is deleted, loses that too, which is told and not judged."),
    finding(Stage::Plan, "rules-changed", "The branch takes away, changes or adds a limit, a protection, an expectation, an acknowledgement or accepted drift."),
    finding(Stage::Plan, "right-unknown", "The site may leave organizations to Jira administrators, which the caller is not, and nobody read whether it does: what the changes let in is told as \"may\"."),
    finding(Stage::Plan, "right-missing", "The caller lacks a right that changes take; `apply` stops before its first write, and the plan ends with 7 but for `--ignore-write-rights`."),
    finding(Stage::Plan, "scim-organization-missing", "An organization that an identity provider manages is not on the site yet."),
    finding(Stage::Plan, "similar-address", "Somebody comes whose address differs by little from that of somebody who leaves: the removal waits for `previous_email` or `new_person`."),
    finding(Stage::Plan, "site-changed", "The branch gives a site another address, so the plan is about another site."),
    finding(Stage::Plan, "successor", "People follow their addresses: new portal-only accounts are made, and what stays behind is said."),
    finding(Stage::Plan, "unsafe-step", "No order of the changes avoids that somebody gains or loses access for a moment."),
    finding(Stage::Plan, "viewers-not-known", "Whether the site will offer `anyone` for a space that is not linked yet, or does not offer it now, is not known: the files do not say what decides it in Confluence, and `apply` may be refused."),
    finding(Stage::Drift, "acceptance-expired", "An entry of `policy.accept_drift` has ended: what differs there counts again."),
    finding(Stage::Drift, "acceptance-stale", "Nothing differs any more where `policy.accept_drift` accepts it."),
    finding(Stage::Drift, "attestation-ends-soon", "An attestation ends within two weeks."),
    finding(Stage::Drift, "attestation-expired", "An attestation has ended."),
];
