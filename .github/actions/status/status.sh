#!/usr/bin/env bash
# Says on a commit how its plan and its rules stand, where branch protection looks. The two stand apart, so that a rule and the
# change that needs it can share a pull request: the plan is judged by the program, the rules by those who own them.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need gh jq
[[ $INPUT_COMMIT =~ ^[0-9a-f]{40}$ ]] || fail "the input \`commit\` is no commit" 64
[ -n "$INPUT_TOKEN" ] || fail "the input \`token\` is needed, with statuses: write" 64
export GH_TOKEN="$INPUT_TOKEN"
suffix=$(jq -rn --arg scope "$INPUT_SCOPE" '$scope | gsub("[^A-Za-z0-9._-]"; "-") | .[0:80]')

# say NAME STATE DESCRIPTION
say() {
  jq -n --arg context "portcullis/$1${suffix:+ ($suffix)}" --arg state "$2" --arg description "$3" --arg url "$(run_url)" \
    '{context: $context, state: $state, description: $description, target_url: $url}' |
    gh api --method POST "repos/$GITHUB_REPOSITORY/statuses/$INPUT_COMMIT" --input - >/dev/null
  printf '%s: %s (%s)\n' "$1" "$3" "$2"
}

# Says whether everybody whose approval the branch needs, code owners included, has given it for what stands there now.
owners_approve() {
  [[ $INPUT_NUMBER =~ ^[1-9][0-9]{0,9}$ ]] || return 1
  local query decision
  # shellcheck disable=SC2016 # these are variables of GraphQL
  query='query($owner: String!, $name: String!, $number: Int!) {
    repository(owner: $owner, name: $name) { pullRequest(number: $number) { reviewDecision headRefOid } } }'
  decision=$(gh api graphql -f "query=$query" -f "owner=${GITHUB_REPOSITORY%%/*}" -f "name=${GITHUB_REPOSITORY#*/}" \
    -F "number=$INPUT_NUMBER" |
    jq -r --arg head "$INPUT_COMMIT" '.data.repository.pullRequest | select(.headRefOid == $head) | .reviewDecision // ""') ||
    return 1
  [ "$decision" = APPROVED ]
}

case "$INPUT_EXITCODE" in
  0 | 2 | 5)
    if [ "$INPUT_EXITCODE" = 5 ] || [ "$INPUT_BLOCKED" = true ]; then
      say plan failure 'blocked by policy or protection: the comment says what, and what would lift it'
    elif [ "$INPUT_HAS_CHANGES" = false ]; then
      say plan success 'nothing to change'
    else
      say plan success 'can be applied as the comment shows it'
    fi ;;
  '') say plan error 'failed before anything was planned' ;;
  10) say plan failure "$(meaning 10): the comment says which" ;;
  3) say plan failure "$(meaning 3)" ;;
  *) say plan error "failed: $(meaning "$INPUT_EXITCODE")" ;;
esac

case "$INPUT_RULES" in
  unchanged) say rules success 'unchanged' ;;
  changed) say rules success 'changed, and nothing in this plan rests on that' ;;
  decisive)
    if owners_approve; then
      say rules success 'changed, and their owners approve'
    else
      say rules pending 'changed: their owners have to approve'
    fi ;;
  '') say rules error 'not known: there is no plan' ;;
  *) fail "the input \`rules\` is none of unchanged, changed and decisive" 64 ;;
esac
