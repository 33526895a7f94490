//! The rules that judge a plan beside those of the workspace: of the base, or of what `--rules-from` names.

use super::args::Global;
use super::{Output, plan};
use crate::base::{Base, Stands};
use crate::config::Workspace;
use crate::desired::Desired;
use crate::exit::Exit;
use crate::model::Address;
use crate::plan::{Block, Change};
use crate::report::document::RuleChange;
use camino::Utf8Path;

/// Written after `--rules-from`: the workspace's own rules and no others.
const NONE: &str = "none";

/// Where other rules come from.
pub(super) enum Source {
    /// Nowhere.
    Nowhere,
    /// From the base that `--base` names.
    Base,
    /// From something else; the reason where it is invalid.
    Other(Box<Result<Base, String>>),
}

impl Source {
    /// Opens what is named.
    pub(super) fn open(
        directory: &Utf8Path,
        base: Option<&str>,
        rules_from: Option<&str>,
        global: &Global,
        output: &mut Output,
    ) -> Result<Self, Exit> {
        match (rules_from, base) {
            (Some(NONE), _) | (None, None) => Ok(Self::Nowhere),
            (None, Some(_)) => Ok(Self::Base),
            (Some(revision), _) => {
                let other = plan::open_base(directory, revision, global, output)?;
                Ok(Self::Other(Box::new(other)))
            }
        }
    }

    /// Returns what a branch does to its rules; with targets, as far as those go.
    pub(super) fn changes(
        &self,
        base: Option<&Result<Base, String>>,
        workspace: &Workspace,
        targets: &[String],
    ) -> Vec<RuleChange> {
        let from = match self {
            Self::Nowhere => None,
            Self::Base => base,
            Self::Other(other) => Some(&**other),
        };
        let Some(Ok(base)) = from else {
            return Vec::new();
        };
        let mut changes = base.rule_changes(workspace);
        changes.retain(|change| {
            let address = Address::from_encoded(&change.address);
            targets.is_empty()
                || change.kind == "rule"
                || targets.iter().any(|target| address.within(target))
        });
        changes
    }

    /// Returns the rules; `base` is what `--base` names.
    pub(super) fn law<'b>(
        &'b self,
        base: Option<&'b Result<Base, String>>,
        workspace: &mut Workspace,
    ) -> Law<'b> {
        let from = match self {
            Self::Nowhere => None,
            Self::Base => base,
            Self::Other(other) => Some(&**other),
        };
        match from {
            None => Law::Own,
            Some(Ok(base)) => Law::Of {
                stands: Stands::new(base, workspace),
                base,
            },
            Some(Err(why)) => {
                // Nothing says that the descriptions of the branch may be trusted.
                let sites = workspace.sites.values_mut();
                sites.for_each(|site| site.surfaces.mapped = None);
                Law::Unreadable(why)
            }
        }
    }
}

/// The rules that judge beside the workspace's own.
pub(super) enum Law<'b> {
    /// None.
    Own,
    /// Those of another workspace.
    Of {
        /// Which.
        base: &'b Base,
        /// What of them judges single rows.
        stands: Stands<'b>,
    },
    /// They cannot be read: the reason.
    Unreadable(&'b str),
}

impl<'b> Law<'b> {
    /// Returns the workspace whose acceptances count: what a branch accepts itself counts once its base has it.
    pub(super) fn accepted<'w>(&self, workspace: &'w Workspace) -> Option<&'w Utf8Path>
    where
        'b: 'w,
    {
        match self {
            Self::Own => Some(&workspace.root),
            Self::Of { base, .. } => base.workspace.as_ref().map(|base| base.root.as_path()),
            Self::Unreadable(_) => None,
        }
    }

    /// Lets the rules judge what is desired, and have read what they are about.
    pub(super) fn bind<'w>(&self, desired: &mut Desired<'w>)
    where
        'b: 'w,
    {
        if let Self::Of { base, .. } = self {
            desired.base = Some(base.law());
        }
    }

    /// Returns what stands against a row before anything is judged.
    pub(super) fn against(&self, change: &Change, workspace: &Workspace) -> Option<Block> {
        match self {
            Self::Own => None,
            Self::Of { stands, .. } => stands.against(change, workspace),
            // A question changes nothing.
            Self::Unreadable(_) if change.is_question() => None,
            Self::Unreadable(why) => Some(Block::Unjudged(
                format!("the rules of the base cannot be read: {why}").into(),
            )),
        }
    }
}
