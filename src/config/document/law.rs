//! What judges: limits, acknowledgements, expectations, and statements of what somebody saw.

use super::PortalOnlyLoginBlock;
use super::words::{
    AbilityWord, DateText, DomainText, GateWord, OffWord, PatternText, Sentence, UndecidedWord,
    UnmanagedWord,
};
use schemars::JsonSchema;

blocks! {
    /// Limits and acknowledgements. A limit with a default applies where none is written, and `off` lifts it; others apply when written.
    PolicyBlock {
        /// What happens when a whole class of people gains access.
        class_gains: Option<ClassGainsBlock>,
        /// How many people may lose access; at most 50 or 30 %, from 10 people on, when absent.
        #[schemars(extend("default" = { "count": 50, "percent": 30, "floor": 10 }))]
        max_people_losing_access: Option<LimitSetting>,
        /// How many people may gain access.
        max_people_gaining_access: Option<LimitSetting>,
        /// How many entries of one list, of all lists that one roster file fills, or of all lists of people of a site may be removed; at most 30 %, from 10 entries on, when absent.
        #[schemars(extend("default" = { "percent": 30, "floor": 10 }))]
        max_removals: Option<LimitSetting>,
        /// How many accounts may be made.
        max_new_accounts: Option<u64>,
        /// How many licences of apps may be taken away.
        max_licences_removed: Option<u64>,
        /// Addresses that no removal may touch.
        protect: Option<Vec<PatternText>>,
        /// Addresses at which nothing may change, gains included.
        freeze: Option<Vec<PatternText>>,
        /// Lints that somebody answers for.
        acknowledge: Option<Vec<AcknowledgeBlock>>,
        /// Differences that are left alone until their date.
        accept_drift: Option<Vec<AcceptDriftBlock>>,
        /// How unmanaged things are reported; `count` when absent.
        #[schemars(extend("default" = "count"))]
        unmanaged: Option<UnmanagedWord>,
        /// What becomes of expectations that cannot be decided; `warn` when absent.
        #[schemars(extend("default" = "warn"))]
        undecided: Option<UndecidedWord>,
        /// How many days an attestation without `until` counts; 90 when absent.
        #[schemars(extend("default" = 90))]
        #[schemars(range(min = 1, max = 3650))]
        attestation_days: Option<u64>,
    }
    /// What happens when a whole class of people gains access.
    ClassGainsBlock {
        /// Visitors without login; `block` when absent.
        #[schemars(extend("default" = "block"))]
        anonymous: Option<GateWord>,
        /// Whoever signs up with any address; `block` when absent.
        #[schemars(extend("default" = "block"))]
        anyone: Option<GateWord>,
        /// Every existing customer; `warn` when absent.
        #[schemars(extend("default" = "warn"))]
        any_customer: Option<GateWord>,
    }
    /// A limit; whichever of `count` and `percent` is exceeded first blocks.
    LimitBlock {
        /// At most this many.
        count: Option<u64>,
        /// At most this share, in percent.
        #[schemars(range(max = 100))]
        percent: Option<u64>,
        /// The limit is ignored for lists with fewer entries.
        floor: Option<u64>,
    }
    /// A lint that somebody answers for.
    AcknowledgeBlock {
        /// The number of the lint.
        #[schemars(regex(pattern = r"^L[1-9]\d*$"), example = &"L13")]
        lint: String,
        /// Where it applies.
        address: PatternText,
        /// Why.
        reason: Sentence,
        /// Who answers for it.
        owner: Sentence,
        /// The last day.
        until: Option<DateText>,
    }
    /// A difference that is left alone.
    AcceptDriftBlock {
        /// Where it applies.
        address: PatternText,
        /// Why.
        reason: Sentence,
        /// Who answers for it.
        owner: Sentence,
        /// The last day.
        until: Option<DateText>,
    }
    /// An access test: one of `can` (must hold for all of them) and `cannot` (for each).
    ExpectationBlock {
        /// A sentence that reports show.
        name: Sentence,
        /// `anonymous`, `anyone`, `any_customer`, `*@domain`, `organization:NAME`, `group:NAME`, or an address.
        #[schemars(length(min = 1))]
        who: Option<String>,
        /// Instead of `who`, with `can`: nobody but these and the agents and administrators of each project may.
        #[schemars(length(min = 1))]
        only: Option<Vec<String>>,
        /// What they must be able to do.
        can: Option<AbilityWord>,
        /// What they must not be able to do.
        cannot: Option<AbilityWord>,
        /// The key of the site.
        site: String,
        /// Project keys or patterns; needed except for `sign_up`.
        projects: Option<Vec<String>>,
        /// Projects that are left out.
        except: Option<Vec<String>>,
        /// The knowledge-base space, for `read_article`.
        space: Option<String>,
        /// What becomes of it where it cannot be decided; as `policy.undecided` says when absent.
        undecided: Option<UndecidedWord>,
    }
    /// A person's dated statement of a value that no program can read.
    AttestationBlock {
        /// The address, as plans show it.
        #[schemars(example = &"acme/customer-access/view-without-login")]
        address: PatternText,
        /// The value seen, in the words of this format.
        value: AttestedValue,
        /// Who looked.
        by: Sentence,
        /// When.
        on: DateText,
        /// The last day it counts; `policy.attestation_days` after `on` when absent, which are 90.
        until: Option<DateText>,
    }
}

/// An attested value.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum AttestedValue {
    /// A toggle.
    Toggle(bool),
    /// A word.
    Word(String),
    /// A list of domains.
    Domains(Vec<DomainText>),
    /// Login of portal-only customers.
    Login(PortalOnlyLoginBlock),
}

/// A limit, or `off`.
#[derive(Debug, JsonSchema)]
#[schemars(untagged)]
pub enum LimitSetting {
    /// No limit, not even one that is built in.
    Off(OffWord),
    /// At most so many.
    Limit(LimitBlock),
}
