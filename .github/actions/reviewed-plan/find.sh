#!/usr/bin/env bash
# Finds the plan that was shown on the pull request whose merge this commit is.
#
# Anybody who can open a pull request can upload an artifact of any name from its own workflow, so a plan counts only when
# the trusted workflow made it, started by GitHub on the protected branch of this very repository.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need gh jq
[[ $INPUT_COMMIT =~ ^[0-9a-f]{40}$ ]] || fail "the input \`commit\` is no commit" 64
export GH_TOKEN="$INPUT_TOKEN"
repository="repos/$GITHUB_REPOSITORY"

pull=$(gh api --method GET "$repository/commits/$INPUT_COMMIT/pulls" |
  jq -c --arg commit "$INPUT_COMMIT" --arg branch "$INPUT_BRANCH" '
    [.[] | select(.merged_at != null and .merge_commit_sha == $commit and .base.ref == $branch)
     | {number, head: .head.sha}] | if length == 1 then .[0] else empty end')
[ -n "$pull" ] || fail "this commit is not the merge of one pull request, so there is no reviewed plan: apply by hand"
number=$(jq -r '.number | numbers' <<<"$pull")
head=$(jq -r '.head | select(test("^[0-9a-f]{40}$"))' <<<"$pull")
if [ -z "$number" ] || [ -z "$head" ]; then fail "GitHub's answer about the pull request is not understood"; fi

name="portcullis-plan-$number-$head"
if [ -n "$INPUT_SCOPE" ]; then name="$name-$(jq -rn --arg scope "$INPUT_SCOPE" '$scope | gsub("[^A-Za-z0-9._-]"; "-")')"; fi
runs=$(gh api --method GET "$repository/actions/artifacts" -f "name=$name" -F per_page=100 |
  jq -r --arg name "$name" '
    [.artifacts[] | select(.name == $name and (.expired | not))] | sort_by(.created_at) | reverse
    | .[].workflow_run.id | numbers')
for run in $runs; do
  if gh api --method GET "$repository/actions/runs/$run" |
    jq -e --arg path "$INPUT_WORKFLOW" --arg branch "$INPUT_BRANCH" --arg repository "$GITHUB_REPOSITORY" '
      .path == $path and .event == "workflow_run" and .head_branch == $branch
      and .head_repository.full_name == $repository' >/dev/null; then
    directory=$(private_directory)
    gh run download "$run" --repo "$GITHUB_REPOSITORY" --name "$name" --dir "$directory"
    if [ ! -f "$directory/plan.json" ] || [ -L "$directory/plan.json" ]; then
      fail "the artifact of the reviewed plan holds no plan"
    fi
    set_output number "$number"
    set_output plan_path "$directory/plan.json"
    printf 'the plan that was reviewed on pull request %d\n' "$number"
    exit 0
  fi
done
fail "no reviewed plan of this pull request is left: apply by hand"
