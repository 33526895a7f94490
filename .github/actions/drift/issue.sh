#!/usr/bin/env bash
# Keeps one issue about drift: opened when something matters, edited in place while it does, closed when nothing does.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

wanted=$(truth issue "$INPUT_ISSUE")
if [ "$wanted" = false ]; then exit 0; fi
need gh jq
[ -n "$INPUT_TOKEN" ] || fail "the input \`issue\` needs \`token\` with issues: write" 64
export GH_TOKEN="$INPUT_TOKEN"
work=$(private_directory)

scope=$(jq -rn --arg scope "$INPUT_SCOPE" '$scope | @uri')
marker="<!-- portcullis:drift:$scope -->"
# Anybody can write the marker, so only issues of the account that this workflow writes as count.
number=$(gh api --paginate --method GET "repos/$GITHUB_REPOSITORY/issues" -f state=open -F per_page=100 |
  jq -rs --arg marker "$marker" --arg author "$INPUT_AUTHOR" '
    [.[][] | select(has("pull_request") | not) | select(.user.login == $author)
     | select((.body // "") | startswith($marker)) | .number] | first // empty')

if [ "$INPUT_HAS_CHANGES" != true ]; then
  if [ -n "$number" ]; then
    jq -n '{state: "closed", state_reason: "completed"}' |
      gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/$number" --input - >/dev/null
    printf 'nothing matters any more: the issue was closed\n'
  fi
  exit 0
fi
{
  printf '%s\n' "$marker"
  cat "$INPUT_SUMMARY"
  printf '\n[Run](%s). Accept a change by editing the files, or revert it with an apply.\n' "$(run_url)"
} >"$work/body.md"
jq -n --arg scope "$INPUT_SCOPE" --rawfile body "$work/body.md" '
  ($scope | gsub("[^A-Za-z0-9._-]"; "-") | .[0:80]) as $name
  | {title: (if $name == "" then "Customer access has drifted" else "Customer access has drifted: \($name)" end), body: $body}' \
  >"$work/issue.json"
if [ -n "$number" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/$number" --input "$work/issue.json" >/dev/null
  printf 'the issue was edited\n'
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues" --input "$work/issue.json" >/dev/null
  printf 'the issue was opened\n'
fi
