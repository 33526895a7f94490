#!/usr/bin/env bash
# Keeps one pull request with the smallest edit that accepts what somebody changed on the site. Accepting it is a merge, and
# reverting the site is an apply by hand: which of the two is a person's decision, so nothing here merges.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need gh jq git
git check-ref-format --branch "$INPUT_BRANCH" >/dev/null || fail "the input \`branch\` is no name of a branch" 64
git check-ref-format --branch "$INPUT_HEAD" >/dev/null || fail "the input \`head\` is no name of a branch" 64
[ "$INPUT_HEAD" != "$INPUT_BRANCH" ] || fail "the input \`head\` must be a branch of its own" 64
[ -n "$INPUT_TOKEN" ] || fail "the input \`token\` is needed, with contents: write and pull-requests: write" 64
export GH_TOKEN="$INPUT_TOKEN"
repository="repos/$GITHUB_REPOSITORY"
work=$(private_directory)

# Anybody may open a pull request from a branch of this name in a fork, so only ours counts.
number=$(gh api --method GET "$repository/pulls" -f state=open -f "head=${GITHUB_REPOSITORY%%/*}:$INPUT_HEAD" -f "base=$INPUT_BRANCH" |
  jq -r --arg head "$INPUT_HEAD" --arg repository "$GITHUB_REPOSITORY" --arg author "$INPUT_AUTHOR" '
    [.[] | select(.head.ref == $head and .head.repo.full_name == $repository and .user.login == $author) | .number] | first // empty')

if [ -z "$INPUT_PATCH" ]; then
  if [ -n "$number" ] && [ "$INPUT_HAS_CHANGES" = false ]; then
    jq -n '{state: "closed"}' | gh api --method PATCH "$repository/pulls/$number" --input - >/dev/null
    printf 'nothing differs any more: the pull request was closed\n'
  else
    printf 'there is nothing to propose\n'
  fi
  exit 0
fi
[ -f "$INPUT_PATCH" ] || fail "the input \`patch\` names no file" 64

remote() {
  local header
  header="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$INPUT_TOKEN" | base64 | tr -d '\n')"
  GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL:-https://github.com}/.extraheader" GIT_CONFIG_VALUE_0="$header" \
    git -c core.hooksPath=/dev/null "$@"
}
data="$work/data"
git -c core.hooksPath=/dev/null worktree add --quiet --detach "$data" HEAD
git -C "$data" apply --index "$INPUT_PATCH"
git -C "$data" -c core.hooksPath=/dev/null -c commit.gpgsign=false -c "user.name=$INPUT_AUTHOR" \
  -c "user.email=portcullis@users.noreply.github.com" commit --quiet -m 'Accept what was changed on the site'
commit=$(git -C "$data" rev-parse HEAD)
git worktree remove --force "$data"

# The same edit of the same commit is there already: every push would run everything once more.
there=$(remote ls-remote origin "refs/heads/$INPUT_HEAD" | cut -f1)
same=false
if [[ $there =~ ^[0-9a-f]{40}$ ]] && remote fetch --quiet --no-tags --no-recurse-submodules --depth=2 origin "$there" 2>/dev/null; then
  if [ "$(git rev-parse "$there^{tree}" "$there^" 2>/dev/null)" = "$(git rev-parse "$commit^{tree}" "$commit^")" ]; then same=true; fi
fi
if [ "$same" = false ]; then
  remote push --quiet --force origin "$commit:refs/heads/$INPUT_HEAD"
fi
if [ -n "$number" ]; then
  printf 'the pull request %d holds the edit\n' "$number"
  exit 0
fi
{
  printf 'Somebody changed the site. Merging this makes the files say the same; closing it and applying `%s` by hand reverts the site.\n\n' "$INPUT_BRANCH"
  printf 'Every line is one change that was found. [Run](%s)\n' "$(run_url)"
} >"$work/body.md"
jq -n --arg head "$INPUT_HEAD" --arg base "$INPUT_BRANCH" --rawfile body "$work/body.md" \
  '{title: "Accept what was changed on the site", head: $head, base: $base, body: $body}' |
  gh api --method POST "$repository/pulls" --input - >/dev/null
printf 'the pull request was opened\n'
