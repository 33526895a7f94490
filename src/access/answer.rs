//! Three-valued answers, and the chain of rules behind each as data.

use crate::diagnostic::Span;
use crate::model::Surface;
use crate::neutral::phrase::Phrase;

/// Whether somebody can do something (P4). The order is that of access: `No` < `Uncertain` < `Yes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// They cannot.
    No,
    /// The rules or the facts do not decide it.
    Uncertain,
    /// They can.
    Yes,
}

impl Answer {
    /// Both must hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// One of the two is enough.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The answer for somebody who is one of two, nobody knows which: a common answer, else uncertain.
    #[must_use]
    pub fn either(self, other: Self) -> Self {
        if self == other { self } else { Self::Uncertain }
    }

    /// The reading for exposure, who might gain: uncertain counts as access.
    pub fn exposes(self) -> bool {
        self != Self::No
    }

    /// The reading for promises, who surely can: uncertain counts as none.
    pub fn promises(self) -> bool {
        self == Self::Yes
    }

    /// Returns the word used in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Uncertain => "uncertain",
            Self::Yes => "yes",
        }
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// The number of a rule of the customer access model: `R…`, `V…`, `K…`, or `Q…` for an assumption. Each has a row in docs/rules.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub &'static str);

impl std::fmt::Display for RuleId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    /// Written in the workspace, here.
    Written(Span),
    /// Stated by an attestation, here.
    Attested(Span),
    /// Read from the site by this surface.
    Read(Surface),
    /// Atlassian's documented default, since nothing says otherwise.
    Default,
}

impl Source {
    /// Returns the place in the workspace, where there is one.
    pub const fn span(self) -> Option<Span> {
        match self {
            Self::Written(span) | Self::Attested(span) => Some(span),
            Self::Read(_) | Self::Default => None,
        }
    }
}

/// One step of the reasoning behind an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The rule that was applied.
    pub rule: RuleId,
    /// What it says here: a lower-case fragment without full stop.
    pub text: Phrase,
    /// Where the fact that it rests on comes from.
    pub source: Option<Source>,
}

/// Collects the reasoning, or nothing where only the answer is wanted.
#[derive(Debug, Default)]
pub struct Trail {
    items: Option<Vec<Because>>,
}

impl Trail {
    /// Collects nothing and builds no text.
    pub const fn silent() -> Self {
        Self { items: None }
    }

    /// Collects every step.
    pub const fn recording() -> Self {
        Self {
            items: Some(Vec::new()),
        }
    }

    /// Adds a step; `text` is only built when the trail records.
    pub fn add(
        &mut self,
        rule: &'static str,
        source: Option<Source>,
        text: impl FnOnce() -> Phrase,
    ) {
        if let Some(items) = &mut self.items {
            let step = Because {
                rule: RuleId(rule),
                text: text(),
                source,
            };
            // Two ways to the same conclusion often share their first steps.
            if !items.contains(&step) {
                items.push(step);
            }
        }
    }

    /// Returns a trail of the same sort, empty.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self {
            items: self.items.as_ref().map(|_| Vec::new()),
        }
    }

    /// Appends the steps of another trail.
    pub fn append(&mut self, other: Self) {
        if let (Some(items), Some(more)) = (&mut self.items, other.items) {
            for step in more {
                if !items.contains(&step) {
                    items.push(step);
                }
            }
        }
    }

    /// Returns the steps, in the order in which they were taken.
    pub fn into_steps(self) -> Vec<Because> {
        self.items.unwrap_or_default()
    }
}
