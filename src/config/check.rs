//! Checks over the whole workspace, one function each: names that are used and not declared, names and ids that meet.

use super::context::Context;
use super::workspace::Workspace;

/// Runs every check.
pub(super) fn check(cx: &mut Context, workspace: &Workspace) {
    let _ = (cx, workspace);
}
