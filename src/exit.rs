//! Exit codes: one documented enum, and which of several counts.

/// Why the program ends; the order of the variants is the order of precedence, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    /// 64: wrong usage of the command line.
    Usage,
    /// 3: the configuration is invalid.
    Invalid,
    /// 7: credentials are missing, refused, or lack a right.
    Forbidden,
    /// 8: something asked for could not be read whole, the site is unreachable, or the request budget is spent.
    Unreadable,
    /// 6: the reviewed plan does not cover what would be done to people, or is of another site, or damaged.
    Stale,
    /// 4: applied in part.
    Partial,
    /// 10: an expectation fails, or is undecided where that blocks.
    Expectation,
    /// 5: blocked by policy, protection, a rule, or the user's `no`.
    Blocked,
    /// 1: an unexpected error.
    Unexpected,
    /// 9: everything automatic is done, manual steps remain.
    ManualStepsRemain,
    /// 2: with `--detailed-exitcode`, changes or drift present.
    Changes,
    /// 0: done.
    Done,
}

impl Exit {
    /// Every exit code, in order of precedence.
    pub const ALL: [Self; 12] = [
        Self::Usage,
        Self::Invalid,
        Self::Forbidden,
        Self::Unreadable,
        Self::Stale,
        Self::Partial,
        Self::Expectation,
        Self::Blocked,
        Self::Unexpected,
        Self::ManualStepsRemain,
        Self::Changes,
        Self::Done,
    ];

    /// Returns the process exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Unexpected => 1,
            Self::Changes => 2,
            Self::Invalid => 3,
            Self::Partial => 4,
            Self::Blocked => 5,
            Self::Stale => 6,
            Self::Forbidden => 7,
            Self::Unreadable => 8,
            Self::ManualStepsRemain => 9,
            Self::Expectation => 10,
            Self::Usage => 64,
        }
    }

    /// Returns the reason in words, as `exit_reason` of JSON output.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unexpected => "unexpected error",
            Self::Changes => "changes are present",
            Self::Invalid => "the configuration is invalid",
            Self::Partial => "applied in part",
            Self::Expectation => "an expectation fails",
            Self::Blocked => "blocked",
            Self::Stale => "the reviewed plan does not cover what would be done to people",
            Self::Forbidden => "credentials are missing, refused, or lack a right",
            Self::Unreadable => "something asked for could not be read",
            Self::ManualStepsRemain => "manual steps remain",
            Self::Usage => "wrong usage",
        }
    }

    /// Returns what the code means, for the documentation.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unexpected => "unexpected error",
            Self::Changes => "with `--detailed-exitcode`: something to change, or left alone",
            Self::Invalid => "the configuration is invalid",
            Self::Partial => "applied in part",
            Self::Expectation => {
                "an expectation fails (`validate`: of the files; elsewhere what makes it fail is held back)"
            }
            Self::Blocked => "blocked by policy, protection or the answer no",
            Self::Stale => {
                "the reviewed plan does not cover what would be done to people, or is of another site, or damaged"
            }
            Self::Forbidden => "credentials missing, refused, or lacking a right",
            Self::Unreadable => {
                "something could not be read whole, the site cannot be reached, or the request budget is spent"
            }
            Self::ManualStepsRemain => "manual steps remain (`--allow-manual` makes it 0)",
            Self::Usage => "wrong usage",
        }
    }

    /// Returns the more urgent of two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn precedence_is_that_of_the_contract() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [64, 3, 7, 8, 6, 4, 10, 5, 1, 9, 2, 0]);
        let mut sorted = Exit::ALL;
        sorted.sort();
        assert_eq!(sorted, Exit::ALL);
        assert_eq!(Exit::Done.and(Exit::Partial), Exit::Partial);
    }
}
