#!/usr/bin/env bash
# Plans, keeps the plan as JSON, and renders it for a comment. The log gets numbers only, the files are private.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need portcullis jq
take_credentials
partial=$(truth partial "$INPUT_PARTIAL")
take_pseudonym_key
step_summary=$(truth step_summary "$INPUT_STEP_SUMMARY")
work=$(private_directory)
plan="$work/plan.json"
summary="$work/summary.md"

# Whoever plans a pull request need not be able to apply it.
arguments=(plan --detailed-exitcode --ignore-write-rights --format gitlab --privacy full)
add_lines --site "$INPUT_SITES"
add_lines --target "$INPUT_TARGETS"
if [ -n "${INPUT_COMMIT:-}" ]; then export PORTCULLIS_COMMIT="$INPUT_COMMIT"; fi
if [ -n "$INPUT_BASE" ]; then arguments+=("--base=$INPUT_BASE"); fi
if [ "$partial" = true ]; then arguments+=(--partial); fi
code=0
# The plan is whole, for `apply --plan`; what people see is made from it below.
guarded portcullis "${arguments[@]}" "--out=$plan" -- "$INPUT_DIRECTORY" >"$work/counts.json" || code=$?

# A rule and the change that needs it may share a pull request: what only the old rule stops is for the owners of that rule to say, on a
# status of its own. The plan is then judged by its own rules, and that is what a merge applies. Not so where the branch says where the
# site is or how its endpoints are described: nothing is read in that way before the base has it.
shown="$plan"
if [ -s "$plan" ] && { [ "$code" = 5 ] || [ "$code" = 10 ]; } &&
  jq -e '(.rule_changes // []) as $changes | any($changes[]; .decisive) and all($changes[]; (.decisive | not) or .kind == "rule")' \
    "$plan" >/dev/null; then
  own="$work/own.json" own_code=0
  guarded portcullis "${arguments[@]}" --rules-from none "--out=$own" -- "$INPUT_DIRECTORY" >"$work/counts.json" || own_code=$?
  if [ -s "$own" ]; then
    # What the branch does to the rules stands in the first one.
    plan="$own" code=$own_code
  fi
fi

has_changes='' has_removals='' blocked='' digest='' rules=''
if [ -s "$plan" ]; then
  has_changes=$(jq -r '((.resource_changes // []) | length) + ((.manual_steps // []) | length) > 0' "$plan")
  # Closing a project is an update, and yet people lose access: that counts as well, also when a manual step does it.
  has_removals=$(jq -r '
    [.resource_changes[]?.change.actions[]? | select(. == "delete")]
    + [.access_impact, .access_impact.with_manual_steps? | objects
       | (.losses[]?), (.classes[]? | select(.before != "no" and .after == "no"))]
    | length > 0' "$plan")
  blocked=$(jq -r '[.resource_changes[]?.portcullis.blocked_by // [] | length] | any(. > 0)' "$plan")
  # What the branch does to the rules that judge it: nothing, nothing that matters, or what their owners have to approve: a rule
  # that was loosened and would have stopped this plan, another address, another description of endpoints, rules that nobody can read.
  rules=$(jq -r '
    (.rule_changes // []) as $changes
    | if any($changes[]; .decisive) or any(.findings[]?; .code == "base-not-read") then "decisive"
      elif any($changes[]; .loosens) then "changed"
      else "unchanged" end' "$shown")
  digest=$(jq -r '.acceptance_digest // "" | select(test("^[0-9a-z:]{1,80}$"))' "$plan")
  guarded portcullis show --format markdown "--max-bytes=$INPUT_MAX_BYTES" "--privacy=$INPUT_PRIVACY" -- "$shown" \
    >"$summary"
else
  plan=''
fi
if [ "$code" = 5 ]; then blocked=true; fi
if [ ! -s "$summary" ]; then
  printf '**Portcullis could not plan**: %s (exit code %d). The [output of the run](%s) says more.\n' \
    "$(meaning "$code")" "$code" "$(run_url)" >"$summary"
fi
if [ "$step_summary" = true ]; then add_step_summary "$summary"; fi

set_output exitcode "$code"
set_output has_changes "$has_changes"
set_output has_removals "$has_removals"
set_output blocked "$blocked"
set_output digest "$digest"
set_output rules "$rules"
set_output plan_path "$plan"
set_output summary_path "$summary"
printf 'exit code %d: %s\n' "$code" "$(meaning "$code")"

# Changes, blocked ones and failed expectations are what a plan is for; the workflow decides on the outputs. Everything else fails.
case "$code" in
  0 | 2 | 5 | 10) ;;
  *) exit "$code" ;;
esac
