//! What a row rests on: rows without which the site would refuse it, or would make something else of it.

use super::Sheet;
use crate::access::accounts::account_type;
use crate::access::{DomainClass, Outcome, State, Trail, Way};
use crate::config::ApprovedRole;
use crate::model::{
    AccountKind, Address, ChannelAccess, Email, OrganizationName, ProjectKey, SiteField, SiteValue,
    WhoCanView,
};
use crate::plan::{Block, Change, Effect, OrganizationRef, PersonRef};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The rows that one row rests on, each with what is not done where that row is not done.
pub(super) type Needs = Vec<Vec<(usize, &'static str)>>;

/// What is not done where somebody is not to come on the list that they would be invited to.
const UNLISTED: &str = "an invitation puts them on a list that is left as it is";

/// Rows by what others may rest on.
#[derive(Default)]
struct Makes<'c> {
    accounts: HashMap<&'c Email, usize>,
    /// People without an account who come on a project's list.
    listed: HashMap<(&'c ProjectKey, &'c Email), usize>,
    organizations: HashMap<&'c OrganizationName, usize>,
    access: HashMap<&'c ProjectKey, (usize, ChannelAccess)>,
    on: BTreeMap<SiteField, usize>,
    off: BTreeMap<SiteField, usize>,
    allowed: Vec<usize>,
    /// What an approved domain grants, by domain.
    approvals: HashMap<&'c str, usize>,
    /// Domains that come to be approved with a role.
    approves: HashSet<&'c str>,
    /// The switch for Atlassian accounts and the any-domain rule, which choose the kind of accounts.
    kinds: Vec<usize>,
}

/// Finds what every row rests on.
///
/// `replacements` says who comes in the place of whom: nobody leaves before.
pub(super) fn needs(
    changes: &[Change],
    replacements: &BTreeMap<Address, Address>,
    before: &State<'_>,
) -> Needs {
    let makes = Makes::of(changes);
    let rules = before.rules_alone();
    let mut outcomes: HashMap<&str, Outcome> = HashMap::new();
    let mut needs: Needs = changes
        .iter()
        .map(|change| needs_of(change, &makes, &rules, &mut outcomes))
        .collect();
    if !replacements.is_empty() {
        let rows = changes.iter().enumerate();
        let at: HashMap<&Address, usize> = rows.map(|(at, row)| (&row.address, at)).collect();
        for (gone, come) in replacements {
            if let (Some(gone), Some(come)) = (at.get(gone), at.get(come)) {
                needs[*gone].push((*come, "whoever comes in their place does not come"));
            }
        }
    }
    needs
}

/// Blocks what rests on rows that are left alone, since somebody accepted that they are not done.
pub(super) fn block_without(
    changes: &mut [Change],
    replacements: &BTreeMap<Address, Address>,
    left_alone: &[Change],
    before: &State<'_>,
) {
    if left_alone.is_empty() {
        return;
    }
    let makes = Makes::of(left_alone);
    let alone: HashSet<&Address> = left_alone.iter().map(|row| &row.address).collect();
    let rules = before.rules_alone();
    for change in changes {
        let mut needs = needs_of(change, &makes, &rules, &mut HashMap::new());
        let replacement = replacements.get(&change.address);
        if replacement.is_some_and(|come| alone.contains(come)) {
            needs.push((0, "whoever comes in their place does not come"));
        }
        let blocks = needs.iter().map(|(_, what)| Block::DependsOn {
            what: format!("{what}, as that drift is accepted").into(),
            overridable: false,
        });
        let blocks: Vec<Block> = blocks.collect();
        change.blocked_by.extend(blocks);
        change.blocked_by.sort();
        change.blocked_by.dedup();
    }
}

/// Blocks what rests on an organization that no row makes, or on a list that no row changes, since only a part of the plan was
/// asked for.
pub(super) fn block_unmade(changes: &mut [Change]) {
    let makes = Makes::of(changes);
    let unmade = |change: &Change| match &change.effect {
        Effect::AddMember(OrganizationRef::Planned(name), _)
        | Effect::Link(_, OrganizationRef::Planned(name))
        | Effect::SetEmailDomains(OrganizationRef::Planned(name), _) => {
            let made = makes.organizations.contains_key(name);
            (!made).then_some("the organization is not made")
        }
        Effect::CreateAccount {
            email,
            invited_to: Some(key),
            ..
        } => (!makes.listed.contains_key(&(key, email))).then_some(UNLISTED),
        _ => None,
    };
    let unmade: Vec<Option<&str>> = changes.iter().map(unmade).collect();
    for (change, what) in changes.iter_mut().zip(unmade) {
        if let Some(what) = what
            && change.blocked_by.is_empty()
        {
            change.blocked_by.push(Block::DependsOn {
                what: what.into(),
                overridable: false,
            });
        }
    }
}

impl<'c> Makes<'c> {
    fn of(changes: &'c [Change]) -> Self {
        let mut makes = Self::default();
        for (at, change) in changes.iter().enumerate() {
            match &change.effect {
                Effect::CreateAccount { email, .. } => {
                    makes.accounts.insert(email, at);
                }
                Effect::AddCustomer(key, PersonRef::Planned(email)) => {
                    makes.listed.insert((key, email), at);
                }
                Effect::CreateOrganization(name) => {
                    makes.organizations.insert(name, at);
                }
                Effect::SetChannelAccess(key, access) => {
                    makes.access.insert(key, (at, *access));
                }
                Effect::SetSite(SiteField::AllowedDomains, _) => makes.allowed.push(at),
                Effect::SetSite(field, SiteValue::Toggle(on)) => {
                    if *field == SiteField::Internal {
                        makes.kinds.push(at);
                    }
                    let switches = match on {
                        true => &mut makes.on,
                        false => &mut makes.off,
                    };
                    switches.insert(*field, at);
                }
                Effect::SetAnyDomain(_) => makes.kinds.push(at),
                Effect::ApproveDomain { domain, grants, .. } => {
                    if *grants != ApprovedRole::None {
                        makes.approves.insert(domain.as_str());
                    }
                    makes.approvals.insert(domain.as_str(), at);
                }
                Effect::DisapproveDomain(domain) => {
                    makes.approvals.insert(domain.as_str(), at);
                }
                _ => {}
            }
        }
        makes
    }
}

fn needs_of<'c>(
    change: &'c Change,
    makes: &Makes<'_>,
    rules: &State<'_>,
    outcomes: &mut HashMap<&'c str, Outcome>,
) -> Vec<(usize, &'static str)> {
    let mut needs = Vec::new();
    let organization = |reference: &'c OrganizationRef| match reference {
        OrganizationRef::Existing(_) => None,
        OrganizationRef::Planned(name) => {
            let at = *makes.organizations.get(name)?;
            Some((at, "the organization is not made"))
        }
    };
    let person = |reference: &'c PersonRef| match reference {
        PersonRef::Existing(_) => None,
        PersonRef::Planned(email) => {
            let at = *makes.accounts.get(email)?;
            Some((at, "the account is not made"))
        }
    };
    match &change.effect {
        Effect::AddMember(whose, who) => {
            needs.extend(organization(whose));
            needs.extend(person(who));
        }
        Effect::AddCustomer(_, who) => needs.extend(person(who)),
        Effect::Link(_, whose) | Effect::SetEmailDomains(whose, _) => {
            needs.extend(organization(whose));
        }
        // Atlassian removes customers from restricted projects only (L52).
        Effect::RemoveCustomer(key, _) => {
            if let Some((at, ChannelAccess::Restricted)) = makes.access.get(key) {
                needs.push((*at, "the project is not restricted"));
            }
        }
        Effect::SetViewers(key, _, viewers) | Effect::LinkSpace(key, _, Some(viewers)) => {
            needs.extend(viewers_need(key, *viewers, makes));
        }
        // L15: viewing without login rests on people being able to make accounts.
        Effect::SetSite(SiteField::ViewWithoutLogin, SiteValue::Toggle(true)) => {
            let create = makes.on.get(&SiteField::CustomersCanCreateAccounts);
            needs.extend(create.map(|at| (*at, "customers cannot make accounts")));
        }
        Effect::SetSite(SiteField::CustomersCanCreateAccounts, SiteValue::Toggle(false)) => {
            let login = makes.off.get(&SiteField::ViewWithoutLogin);
            needs.extend(login.map(|at| (*at, "portals are viewed without a login")));
        }
        Effect::CreateAccount {
            certain,
            email,
            kind,
            invited_to,
            ..
        } if !change.is_by_hand() => {
            // The same request makes the account and puts it on the list.
            let listed = invited_to.as_ref().map(|key| (key, email));
            let listed = listed.and_then(|listed| makes.listed.get(&listed));
            needs.extend(listed.map(|at| (*at, UNLISTED)));
            let domain = email.domain();
            let now = *outcomes.entry(domain).or_insert_with(|| {
                let class = DomainClass::of(rules, domain);
                account_type(rules, &class, Way::Staff, &mut Trail::silent())
            });
            match (now, kind) {
                (Outcome::Rejected, _) => {
                    let external = makes.on.get(&SiteField::External);
                    let settings = external.into_iter().chain(&makes.allowed);
                    let refused = "the site does not let the account be made";
                    needs.extend(settings.map(|at| (*at, refused)));
                }
                (Outcome::Atlassian, AccountKind::PortalOnly)
                | (Outcome::PortalOnly, AccountKind::Atlassian) => {
                    let settings = makes.approvals.get(domain).into_iter().chain(&makes.kinds);
                    let other = "the site makes an account of the other kind";
                    needs.extend(settings.map(|at| (*at, other)));
                }
                // The domain comes to be approved, which matters unless Atlassian accounts are switched off.
                (Outcome::PortalOnly, AccountKind::PortalOnly)
                    if makes.approves.contains(domain)
                        && rules.site.internal.value() == Some(&true) =>
                {
                    let off = makes.off.get(&SiteField::Internal);
                    let other = "the site makes an account of the other kind";
                    needs.extend(off.map(|at| (*at, other)));
                }
                // Only that Atlassian accounts are switched off makes it certain: a domain may be approved.
                (Outcome::Uncertain, AccountKind::PortalOnly)
                    if *certain && rules.site.internal.value() == Some(&true) =>
                {
                    let unknown = "the site may make an account of the other kind";
                    needs.extend(makes.kinds.iter().map(|at| (*at, unknown)));
                }
                _ => {}
            }
        }
        _ => {}
    }
    needs
}

/// K1 to K5: who can view a space is chosen among what the site offers.
fn viewers_need(
    key: &ProjectKey,
    viewers: WhoCanView,
    makes: &Makes<'_>,
) -> Vec<(usize, &'static str)> {
    let switches = viewers.switches().iter();
    let rows = switches.filter_map(|field| makes.on.get(field));
    let mut needs: Vec<_> = rows.map(|at| (*at, "the site does not offer it")).collect();
    if viewers == WhoCanView::Anyone
        && let Some((at, ChannelAccess::Open)) = makes.access.get(key)
    {
        needs.push((*at, "the project is not opened"));
    }
    needs
}

/// Blocks what rests on something that is blocked, to the end of every chain.
pub(super) fn block(sheet: &mut Sheet<'_>, needs: &Needs) {
    loop {
        let at_first = sheet.count();
        for (at, needs) in needs.iter().enumerate() {
            for (on, what) in needs {
                if sheet.is_free(*on) {
                    continue;
                }
                let overridable = sheet.blocks(*on).iter().all(Block::is_overridable);
                let told = |block: &Block| {
                    matches!(
                        block,
                        Block::DependsOn {
                            overridable: false,
                            ..
                        }
                    )
                };
                if !overridable && sheet.blocks(at).iter().any(told) {
                    continue;
                }
                let what = match overridable {
                    true => format!("{what}, as the policy blocks that"),
                    false => (*what).to_owned(),
                };
                sheet.block(
                    at,
                    Block::DependsOn {
                        what: what.into(),
                        overridable,
                    },
                );
            }
        }
        if sheet.count() == at_first {
            return;
        }
    }
}

/// Lets what rests on a row that waits, or that a person carries out, wait with it; says whether any does that did not.
pub(super) fn wait_with(
    changes: &mut [Change],
    replacements: &BTreeMap<Address, Address>,
    before: &State<'_>,
) -> bool {
    let needs = needs(changes, replacements, before);
    let mut any = false;
    loop {
        let mut waits: Vec<(usize, BTreeSet<Address>)> = Vec::new();
        for (at, needs) in needs.iter().enumerate() {
            let change = &changes[at];
            if change.is_by_hand() || needs.is_empty() {
                continue;
            }
            let mut more: BTreeSet<Address> = BTreeSet::new();
            for (on, _) in needs {
                let on = &changes[*on];
                if on.waiting_for.is_empty() && on.is_by_hand() {
                    more.insert(on.address.clone());
                }
                more.extend(on.waiting_for.iter().cloned());
            }
            let more: BTreeSet<Address> = more
                .into_iter()
                .filter(|address| !change.waiting_for.contains(address))
                .collect();
            if !more.is_empty() {
                waits.push((at, more));
            }
        }
        if waits.is_empty() {
            return any;
        }
        any = true;
        for (at, more) in waits {
            let waiting = &mut changes[at].waiting_for;
            waiting.extend(more);
            waiting.sort();
        }
    }
}
