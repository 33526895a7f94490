#!/usr/bin/env bash
# Moves a tag to the commit that was just applied, so that `drift --base` can tell what Git has not applied yet from what
# somebody changed on the site. Nothing but the tag is written, through the API, so no credentials of Git stay on the disk.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

[ -n "$INPUT_MARK" ] || exit 0
# Everything that the program can do is done with 0 and with 9; after anything else the old mark is still the truth.
case "$INPUT_EXITCODE" in
  0 | 9) ;;
  *) printf 'not marked: not everything was applied\n'; exit 0 ;;
esac
need gh jq git
git check-ref-format "refs/tags/$INPUT_MARK" || fail "the input \`mark\` is no name of a tag" 64
[[ $GITHUB_SHA =~ ^[0-9a-f]{40}$ ]] || fail "GITHUB_SHA is no commit" 64
[ -n "$INPUT_TOKEN" ] || fail "the input \`mark\` needs \`token\` with contents: write" 64
export GH_TOKEN="$INPUT_TOKEN"

name=$(jq -rn --arg name "$INPUT_MARK" '$name | split("/") | map(@uri) | join("/")')
if jq -n --arg sha "$GITHUB_SHA" '{sha: $sha, force: true}' |
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/git/refs/tags/$name" --input - >/dev/null 2>&1; then
  printf 'the mark was moved\n'
else
  jq -n --arg ref "refs/tags/$INPUT_MARK" --arg sha "$GITHUB_SHA" '{ref: $ref, sha: $sha}' |
    gh api --method POST "repos/$GITHUB_REPOSITORY/git/refs" --input - >/dev/null
  printf 'the mark was set\n'
fi
