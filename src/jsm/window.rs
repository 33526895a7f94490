//! How many requests are in flight at once: few at first, more while every answer is welcome.

/// Where a connection begins.
const FIRST: usize = 8;

/// A window that opens by one each time half of it went well while it was what held more back.
#[derive(Debug)]
pub(super) struct Window {
    open: usize,
    most: usize,
    went_well: usize,
}

impl Window {
    /// Takes the most that may be in flight.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(1);
        Self {
            open: FIRST.min(most),
            most,
            went_well: 0,
        }
    }

    /// Returns how many may be in flight.
    pub(super) fn open(&self) -> usize {
        self.open
    }

    /// Learns from an answer: whether others waited for it to come, and whether the service is near its limit. Returns
    /// whether one more may be in flight from now on.
    pub(super) fn answered(&mut self, others_wait: bool, strained: bool) -> bool {
        if strained || !others_wait || self.open == self.most {
            self.went_well = 0;
            return false;
        }
        self.went_well += 1;
        if self.went_well < self.open / 2 {
            return false;
        }
        self.went_well = 0;
        self.open += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_while_it_holds_back_and_no_further_than_allowed() {
        let mut window = Window::new(10);
        assert_eq!(window.open(), 8);
        let opened = (0..100).filter(|_| window.answered(true, false)).count();
        assert_eq!((window.open(), opened), (10, 2));
        assert_eq!(Window::new(3).open(), 3);
    }

    #[test]
    fn it_stays_while_nobody_waits_or_the_service_is_near_its_limit() {
        let mut window = Window::new(100);
        for _ in 0..100 {
            assert!(!window.answered(false, false));
            assert!(!window.answered(true, true));
        }
        assert_eq!(window.open(), 8);
    }
}
