#!/usr/bin/env bash
# Keeps one comment on a pull request: made once, edited in place ever after.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need gh jq
[[ $INPUT_NUMBER =~ ^[1-9][0-9]{0,9}$ ]] || fail "the input \`number\` is no number of a pull request" 64
[ -s "$INPUT_BODY" ] || fail "the input \`body\` names no file with text" 64
create=$(truth create "$INPUT_CREATE")
export GH_TOKEN="$INPUT_TOKEN"
work=$(private_directory)

# Percent-encoded, so that no scope can end the HTML comment.
scope=$(jq -rn --arg scope "$INPUT_SCOPE" '$scope | @uri')
marker="<!-- portcullis:plan:$scope -->"
# Anybody can write the marker, so only comments of the account that this workflow writes as count.
comment=$(gh api --paginate --method GET "repos/$GITHUB_REPOSITORY/issues/$INPUT_NUMBER/comments" -F per_page=100 |
  jq -rs --arg marker "$marker" --arg author "$INPUT_AUTHOR" '
    [.[][] | select(.user.login == $author) | select((.body // "") | startswith($marker)) | .id] | first // empty')
if [ -z "$comment" ] && [ "$create" = false ]; then
  printf 'nothing to say, and no comment to edit\n'
  exit 0
fi

{
  printf '%s\n' "$marker"
  if [ "$(wc -c <"$INPUT_BODY")" -le 64000 ]; then
    cat "$INPUT_BODY"
  else
    printf '**Portcullis**: the plan is longer than a comment can be.\n'
  fi
  printf '\n<sub>'
  if [[ $INPUT_COMMIT =~ ^[0-9a-f]{40}$ ]]; then printf 'For %s. ' "$INPUT_COMMIT"; fi
  printf '<a href="%s">Run</a></sub>\n' "$(run_url)"
} >"$work/body.md"
jq -n --rawfile body "$work/body.md" '{body: $body}' >"$work/comment.json"
if [ -n "$comment" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$comment" --input "$work/comment.json" >/dev/null
  printf 'the comment was edited\n'
else
  gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$INPUT_NUMBER/comments" --input "$work/comment.json" >/dev/null
  printf 'the comment was made\n'
fi
