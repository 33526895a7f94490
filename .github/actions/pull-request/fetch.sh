#!/usr/bin/env bash
# Lays out the files of a pull request as data, merged into the trusted branch. Nothing of them is run.
#
# The number comes from an artifact that the pull request's own code may have written, so it proves nothing: it counts only
# when GitHub says that the pull request of that number is open, goes into this branch, and has exactly the commit for which
# GitHub started this run. The files come from Git at that commit, not from the artifact, so a pull request that rewrites its
# workflow cannot have another plan shown than its own.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need gh jq git
if [ ! -f "$INPUT_NUMBER_FILE" ] || [ -L "$INPUT_NUMBER_FILE" ]; then fail "the artifact holds no number"; fi
number=$(head -c 64 <"$INPUT_NUMBER_FILE" | tr '\r\0' '??')
[[ $number =~ ^[1-9][0-9]{0,9}$ ]] || fail "the artifact holds no number of a pull request"
[[ $INPUT_HEAD_SHA =~ ^[0-9a-f]{40}$ ]] || fail "the input \`head_sha\` is no commit" 64
git check-ref-format --branch "$INPUT_BRANCH" >/dev/null || fail "the input \`branch\` is no name of a branch" 64
export GH_TOKEN="$INPUT_TOKEN"

gh api --method GET "repos/$GITHUB_REPOSITORY/pulls/$number" |
  jq -e --arg head "$INPUT_HEAD_SHA" --arg branch "$INPUT_BRANCH" --arg repository "$GITHUB_REPOSITORY" '
    .state == "open" and .head.sha == $head and .base.ref == $branch and .base.repo.full_name == $repository' >/dev/null ||
  fail "the pull request of that number is not the one that started this run"

# The token goes by the environment of these two commands only: not into a file, where later steps could find it, and not
# into an argument, where other processes could see it.
if [ -n "$INPUT_TOKEN" ]; then
  header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$INPUT_TOKEN" | base64 | tr -d '\n')"
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL:-https://github.com}/.extraheader" GIT_CONFIG_VALUE_0="$header"
fi
git fetch --quiet --no-tags --no-recurse-submodules origin "+refs/pull/$number/head:refs/portcullis/pull"
unset GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
[ "$(git rev-parse refs/portcullis/pull)" = "$INPUT_HEAD_SHA" ] || fail "the pull request moved on; its newer run will plan it"

base=$(git rev-parse HEAD)
# No attribute of the pull request decides how files are written or merged: what stands here outranks every `.gitattributes`.
# Where Git LFS is set up for the machine, its filter would otherwise ask the server that the pull request's `.lfsconfig` names.
attributes="$(git rev-parse --git-common-dir)/info/attributes"
mkdir -p -- "$(dirname -- "$attributes")"
printf '* !filter !text !eol !ident !working-tree-encoding !merge !diff !export-subst\n' >"$attributes"
export GIT_LFS_SKIP_SMUDGE=1
data="$(private_directory)/data"
# No hook of the repository runs.
git -c core.hooksPath=/dev/null worktree add --quiet --detach "$data" "$base"
if ! git -C "$data" -c core.hooksPath=/dev/null -c user.name=portcullis -c user.email=portcullis@invalid \
  merge --quiet --no-commit --no-ff --no-verify "$INPUT_HEAD_SHA" >/dev/null; then
  fail "the pull request does not merge into its branch: resolve the conflicts first"
fi
set_output number "$number"
set_output base "$base"
set_output directory "$data"
