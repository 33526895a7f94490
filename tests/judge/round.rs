//! One world: read, asked about, planned, applied, asked about again; and every disagreement that came up.

use crate::http::Wire;
use crate::moments::Watch;
use crate::pages::Pages;
use crate::support::{Case, key, today};
use crate::world::{DOMAINS, STRANGERS, World, everybody};
use crate::{causes, drift, impact, kinds, live, moments, offline, verdicts};
use portcullis::access::{Answer, Because, State};
use portcullis::apply::{Apply, Journal, Outcome};
use portcullis::desired::Desired;
use portcullis::emulator::{CALLERS, ORG_KEY, Options, Policy, Site};
use portcullis::jsm::{Auth, Connection, Credentials, Endpoint, OrgKey, Reader};
use portcullis::judge::{Sheet, Worlds};
use portcullis::model::{ChannelAccess, Email, ProjectKey, SiteField, WhoCanView};
use portcullis::plan::{Change, Effect, PersonRef, Plan};
use portcullis::{observe, pipeline, target};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was asked and what was found, over one world or many.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Disagreements: which part, by which rules, and the sentence.
    pub(crate) wrong: Vec<(&'static str, String, String)>,
    /// The rows of plans, to be told.
    pub(crate) rows: Vec<String>,
    /// How many answers each part gave, and how many of them are uncertain.
    pub(crate) answers: BTreeMap<&'static str, (u64, u64)>,
    /// How many uncertain answers each rule makes.
    pub(crate) uncertain: BTreeMap<String, u64>,
    /// How many worlds there were, and in how many something was done.
    pub(crate) worlds: u64,
    pub(crate) applied: u64,
    pub(crate) writes: u64,
    /// Gains and losses that nothing tells, since the answer is uncertain before and after.
    pub(crate) unsaid: u64,
    pub(crate) said: u64,
    /// Moments after a write, expectations compared, and worlds in which everything was done.
    pub(crate) moments: u64,
    /// Gains and losses whose causes were taken away.
    pub(crate) causes: u64,
    pub(crate) verdicts: u64,
    pub(crate) whole: u64,
    /// In how many worlds each kind of wish was found, and was carried out.
    pub(crate) kinds: BTreeMap<&'static str, u64>,
}

impl Found {
    /// Adds what another world found.
    pub(crate) fn add(&mut self, other: Self) {
        self.wrong.extend(other.wrong);
        for (part, (all, open)) in other.answers {
            let sum = self.answers.entry(part).or_default();
            *sum = (sum.0 + all, sum.1 + open);
        }
        for (rule, count) in other.uncertain {
            *self.uncertain.entry(rule).or_default() += count;
        }
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        self.worlds += other.worlds;
        self.applied += other.applied;
        self.writes += other.writes;
        self.unsaid += other.unsaid;
        self.said += other.said;
        self.moments += other.moments;
        self.causes += other.causes;
        self.verdicts += other.verdicts;
        self.whole += other.whole;
    }

    /// Notes a disagreement.
    pub(crate) fn put(&mut self, part: &'static str, because: &[Because], text: String) {
        let mut rules: Vec<&str> = because.iter().map(|step| step.rule.0).collect();
        rules.sort_unstable();
        rules.dedup();
        self.wrong.push((part, rules.join(" "), text));
    }

    /// Counts an answer, and the rules that make it uncertain.
    pub(crate) fn asked(&mut self, part: &'static str, answer: Answer, because: &[Because]) {
        let (all, open) = self.answers.entry(part).or_default();
        *all += 1;
        if answer != Answer::Uncertain {
            return;
        }
        *open += 1;
        // What is not known has no source; an assumption is a Q.
        let assumed = |rule: &&str| rule.starts_with('Q') && !["Q15", "Q16", "Q26"].contains(rule);
        let unknown = because.iter();
        let unknown = unknown.filter(|step| step.source.is_none() || assumed(&step.rule.0));
        let mut rules: Vec<&str> = unknown.map(|step| step.rule.0).collect();
        if rules.iter().any(assumed) {
            rules.retain(assumed);
        }
        rules.sort_unstable();
        rules.dedup();
        *self.uncertain.entry(rules.join(" ")).or_default() += 1;
    }
}

/// Says whether an answer fits what is so; an uncertain one fits both.
pub(crate) fn sure(answer: Answer, so: bool) -> bool {
    match answer {
        Answer::Yes => so,
        Answer::No => !so,
        Answer::Uncertain => true,
    }
}

/// A world in the making, as one caller reaches it.
pub(crate) struct Stage<'c> {
    pub(crate) desired: Desired<'c>,
    connection: Connection,
    /// Chooses what is tried once in a world.
    pub(crate) salt: usize,
}

impl<'c> Stage<'c> {
    pub(crate) fn new(case: &'c Case, world: &World, targets: &[String]) -> Self {
        let mut desired = Desired::new(&case.workspace, &key(), today()).unwrap();
        desired.targets = targets.to_vec();
        if world.key && desired.atlassian.is_some() {
            desired.atlassian_id = Some(case.sandbox.site().atlassian_organization().to_owned());
        }
        let (email, token) = CALLERS[usize::from(world.agent)];
        let connection = Connection::open(Endpoint {
            site_url: case.sandbox.url(),
            api_url: None,
            auth: Auth::Classic,
            credentials: Some(Credentials::new(email, token)),
            client: None,
            org_key: world.key.then(|| OrgKey::new(ORG_KEY)),
            options: case.options.clone(),
        })
        .unwrap();
        Self {
            desired,
            connection,
            salt: world.seed.len(),
        }
    }

    pub(crate) fn reader(&self) -> Reader {
        self.connection.reader()
    }
}

/// Starts a sandbox with the world's site, and returns the targets that are left of those it asks for.
pub(crate) async fn start_with(world: &World, options: Options) -> (Case, Vec<String>) {
    let mut case = Case::on(&world.desired, world.site(), options).await;
    // A target that matches nothing is a usage error, and no plan.
    let whole = case.workspace.clone();
    match target::narrow(&mut case.workspace, &world.targets) {
        Ok(()) => (case, world.targets.clone()),
        Err(_) => {
            case.workspace = whole;
            (case, Vec::new())
        }
    }
}

/// What came of carrying a plan out.
pub(crate) struct Carried {
    /// What was promised and not done.
    pub(crate) broken: Vec<String>,
    /// Whether something was not done, promised or not.
    pub(crate) in_part: bool,
}

/// Carries a plan out.
pub(crate) async fn carry_out(
    stage: &Stage<'_>,
    observed: &portcullis::observed::Observed,
    plan: &Plan,
) -> Carried {
    let report = Apply {
        begins: &|_| (),
        reader: &stage.reader(),
        writer: &stage.connection.writer(),
        desired: &stage.desired,
        observed,
        journal: &Journal::none(),
    }
    .run(plan)
    .await;
    let rows = plan.changes.iter().zip(&report.outcomes);
    // Whether an account can be made may not be known, and then nothing that needs it was promised.
    let perhaps: BTreeSet<&Email> = plan
        .changes
        .iter()
        .filter_map(|row| match &row.effect {
            Effect::CreateAccount {
                email,
                certain: false,
                ..
            } => Some(email),
            _ => None,
        })
        .collect();
    let is_open = |key: &ProjectKey| {
        let projects = observed.whole_projects();
        let seen = projects.and_then(|all| {
            all.get(key)?
                .channel_access
                .as_ref()?
                .value
                .known()
                .copied()
        });
        seen != Some(ChannelAccess::Restricted)
    };
    let is_read = |field: SiteField| {
        let seen = observed.settings.get(&field);
        seen.is_some_and(|seen| seen.value.known().is_some())
    };
    let offered = |who: WhoCanView| match who {
        WhoCanView::OnlyConfluenceUsers => true,
        WhoCanView::AllLoggedIn => is_read(SiteField::KnowledgeBaseAllLoggedIn),
        WhoCanView::Anyone => {
            is_read(SiteField::KnowledgeBaseAnyone) && is_read(SiteField::ViewWithoutLogin)
        }
    };
    let rules = State::account_rules(&stage.desired, observed);
    let may_be_refused = |row: &Change| {
        let mut told = plan.findings.iter();
        told.any(|told| told.code == "viewers-not-known" && told.address == row.address)
    };
    let promised = |row: &Change| match &row.effect {
        // The site may leave organizations to Jira administrators, which was not read.
        effect if effect.is_of_organizations() && !rules.manages_organizations => false,
        Effect::CreateAccount { email, .. }
        | Effect::AddMember(_, PersonRef::Planned(email))
        | Effect::AddCustomer(_, PersonRef::Planned(email)) => !perhaps.contains(email),
        // Of a space that is not linked yet, the site does not tell which viewers it offers: its settings do, where they are read.
        Effect::LinkSpace(_, _, Some(who)) => offered(*who) && !may_be_refused(row),
        Effect::SetViewers(..) => !may_be_refused(row),
        // Atlassian refuses it where the project is open, which may not be known.
        Effect::RemoveCustomer(key, _) => !is_open(key),
        _ => true,
    };
    let undone: Vec<(&Change, &Outcome)> = rows
        .filter(|(row, outcome)| {
            row.is_automatic()
                && !row.is_question()
                && !matches!(outcome, Outcome::Done | Outcome::AlreadyTrue)
        })
        .collect();
    let in_part = undone.iter().any(|(row, _)| !promised(row));
    let broken = undone
        .iter()
        // What rests on something that was not promised is not tried.
        .filter(|(row, outcome)| {
            promised(row) && !(in_part && matches!(outcome, Outcome::NotTried(_)))
        })
        .map(|(row, outcome)| format!("{} {}: {outcome:?}", row.action.word(), row.address))
        .collect();
    Carried {
        broken,
        in_part: !undone.is_empty(),
    }
}

/// Tries one world: as it is live, and where it is one of those that are written as JSON, offline as well.
pub(crate) async fn round(world: &World, offline: bool, wire: &mut Wire, found: &mut Found) {
    found.worlds += 1;
    let watch = Arc::new(Watch::default());
    let options = Options {
        policy: Arc::clone(&watch) as Arc<dyn Policy>,
        ..Options::default()
    };
    let (case, targets) = start_with(world, options).await;
    let stage = Stage::new(&case, world, &targets);
    for kind in kinds::wished(&stage.desired) {
        *found.kinds.entry(kind).or_default() += 1;
    }
    let everybody: Vec<&str> = everybody().collect();
    let open = |wire: &mut Wire, site: Site| Pages::open(wire, site, &everybody, &DOMAINS);
    let before = open(wire, case.sandbox.site());
    live::check(&stage, &before, found).await;
    let observed = observe::observe(&stage.reader(), &stage.desired)
        .await
        .unwrap();
    let planned = pipeline::plan(&stage.desired, &observed);
    found.rows.extend(planned.plan.changes.iter().map(|row| {
        let stands = (&row.blocked_by, &row.waiting_for);
        let action = row.action.word();
        format!("{action} {} by {:?}: {stands:?}", row.address, row.surface)
    }));
    if offline && targets.is_empty() {
        offline::check(&stage, world, wire, found);
    }
    let later = drift::check(&stage, &observed, &planned, &before, found);
    if planned
        .plan
        .changes
        .iter()
        .any(|row| row.needs_right.is_some())
    {
        // Nothing is carried out without the right.
        return;
    }
    let was = State::live(&stage.desired, &observed);
    let sheet = Sheet::new(&planned.plan.changes);
    let worlds = Worlds::new(&was, &sheet);
    causes::check(&planned, &worlds, found);
    watch.begin(case.sandbox.keeper());
    let carried = carry_out(&stage, &observed, &planned.plan).await;
    let moments = watch.end();
    for row in carried.broken {
        found.put("apply", &[], row);
    }
    let after = open(wire, case.sandbox.site());
    if !carried.in_part {
        found.applied += 1;
        found.writes += case.sandbox.stats().writes;
        let rows = planned.plan.changes.iter();
        let rows = rows.filter(|row| row.is_automatic() && !row.is_question());
        for kind in rows.flat_map(kinds::done).collect::<BTreeSet<_>>() {
            *found.kinds.entry(kind).or_default() += 1;
        }
        impact::check(&planned, &worlds, (&before, &after), found);
        verdicts::check(&stage, &planned, &worlds, &after, found);
        drift::kept(&later, &after, found);
        moments::check(
            &planned.plan,
            moments,
            &STRANGERS,
            &worlds,
            wire,
            (&before, &after),
            found,
        );
    }
    live::check(&stage, &after, found).await;
}
