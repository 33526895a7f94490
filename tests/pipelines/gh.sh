#!/usr/bin/env bash
# Stands in for GitHub's `gh`: answers from files in $GH_STATE, keeps what is written there, and notes every call.
set -euo pipefail
{
  printf '%s\037' "$@"
  printf '\n'
} >>"$GH_STATE/calls"
[ -n "${GH_TOKEN:-}" ] || { echo "gh: no token" >&2; exit 4; }

verb=$1
shift
if [ "$verb" = run ]; then
  # gh run download ID --repo R --name NAME --dir DIR
  [ "$1" = download ] && [ "$3" = --repo ] && [ "$5" = --name ] && [ "$7" = --dir ]
  cp -R "$GH_STATE/download/$2/." "$8/"
  exit 0
fi
if [ "$verb" = attestation ]; then
  # gh attestation verify FILE --repo R --signer-workflow W
  [ "$1" = verify ]
  [ "$2" = --help ] || [ -f "$GH_STATE/attested" ]
  exit
fi
[ "$verb" = api ]
method=GET path='' input=''
while [ $# -gt 0 ]; do
  case "$1" in
    --method) method=$2; shift 2 ;;
    --input) input=$2; shift 2 ;;
    -f | -F) shift 2 ;;
    --paginate) shift ;;
    -*) echo "gh: unknown option $1" >&2; exit 1 ;;
    *) path=$1; shift ;;
  esac
done
body=null
if [ "$input" = - ]; then body=$(cat); elif [ -n "$input" ]; then body=$(cat "$input"); fi
path=${path#repos/acme/access/}

# Changes a file of the state with a jq program that has $body and $id.
change() {
  jq --argjson body "$body" --argjson id "${3:-0}" "$2" "$GH_STATE/$1" >"$GH_STATE/$1.new"
  mv "$GH_STATE/$1.new" "$GH_STATE/$1"
}
entry='{user: {login: "github-actions[bot]"}, state: "open"}'
case "$method $path" in
  # Two pages, as `--paginate` prints them: one array after the other.
  "GET issues/7/comments") jq '.[0:1], .[1:]' "$GH_STATE/comments.json" ;;
  "POST issues/7/comments") change comments.json ". + [$entry + \$body + {id: (length + 100)}]" ;;
  "PATCH issues/comments/"*) change comments.json 'map(if .id == $id then . + $body else . end)' "${path##*/}" ;;
  "GET issues") jq '[.[] | select(.state == "open")]' "$GH_STATE/issues.json" ;;
  "POST issues") change issues.json ". + [$entry + \$body + {number: (length + 1)}]" ;;
  "PATCH issues/"*) change issues.json 'map(if .number == $id then . + $body else . end)' "${path##*/}" ;;
  "PATCH git/refs/tags/"*)
    jq -e --arg name "${path#git/refs/tags/}" 'has($name)' "$GH_STATE/tags.json" >/dev/null ||
      { echo "gh: Reference does not exist (HTTP 422)" >&2; exit 1; }
    jq --arg name "${path#git/refs/tags/}" --argjson body "$body" '.[$name] = $body.sha' "$GH_STATE/tags.json" >"$GH_STATE/tags.new"
    mv "$GH_STATE/tags.new" "$GH_STATE/tags.json" ;;
  "POST git/refs") change tags.json '.[$body.ref | ltrimstr("refs/tags/")] = $body.sha' ;;
  "POST statuses/"*) change statuses.json '. + [$body + {commit: "'"${path##*/}"'"}]' ;;
  "GET pulls") jq '[.[] | select(.state == "open")]' "$GH_STATE/pulls.json" ;;
  "POST pulls") change pulls.json ". + [$entry + \$body + {number: (length + 1), head: {ref: \$body.head, repo: {full_name: \"acme/access\"}}}]" ;;
  "PATCH pulls/"*) change pulls.json 'map(if .number == $id then . + $body else . end)' "${path##*/}" ;;
  "GET actions/artifacts") cat "$GH_STATE/artifacts.json" ;;
  "GET "*) cat "$GH_STATE/${path//\//-}.json" ;;
  *) echo "gh: unknown call $method $path" >&2; exit 1 ;;
esac
