#!/usr/bin/env bash
# Applies what was reviewed, and nothing else.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need portcullis
take_credentials
approve=$(truth auto_approve "$INPUT_AUTO_APPROVE")
due=$(truth due "${INPUT_DUE:-false}")
fail_on_manual=$(truth fail_on_manual "$INPUT_FAIL_ON_MANUAL")
step_summary=$(truth step_summary "$INPUT_STEP_SUMMARY")
work=$(private_directory)
report="$work/apply.txt"
summary="$work/summary.md"

arguments=(apply --verify "--privacy=$INPUT_PRIVACY")
add_lines --site "$INPUT_SITES"
if [ -n "$INPUT_PLAN" ]; then
  [ -f "$INPUT_PLAN" ] || fail "the input \`plan\` names no file" 64
  # 2: what was reviewed is done, and something that nobody reviewed is left alone.
  arguments+=("--plan=$INPUT_PLAN" --detailed-exitcode)
elif [ "$due" = true ]; then
  arguments+=(--due)
elif [ "$approve" = true ]; then
  arguments+=(--auto-approve)
else
  fail "there is no reviewed plan: give \`plan\`, or \`auto_approve\` to apply whatever the workspace says" 64
fi
if [ -n "${INPUT_REPORT:-}" ]; then arguments+=("--report=$INPUT_REPORT"); fi
if [ -n "$INPUT_ACCEPT" ]; then arguments+=("--accept=$INPUT_ACCEPT"); fi

code=0
guarded portcullis "${arguments[@]}" -- "$INPUT_DIRECTORY" >"$report" || code=$?
# What is left for a person, as it is now: a plan lists it with its pages, labels and links.
left="$work/left.md"
if [ "$code" = 9 ]; then
  arguments=(plan --format gitlab "--out=$work/left.json" --privacy full)
  add_lines --site "$INPUT_SITES"
  if guarded portcullis "${arguments[@]}" -- "$INPUT_DIRECTORY" >/dev/null; then
    guarded portcullis show --format markdown --max-bytes 400000 "--privacy=$INPUT_PRIVACY" -- "$work/left.json" >"$left" || : >"$left"
  fi
fi
{
  printf '**Portcullis apply**: %s (exit code %d)\n\n' "$(meaning "$code")" "$code"
  if [ -s "$report" ]; then as_code_block "$report" 500000; fi
  if [ -s "$left" ]; then
    printf '\n## Left for a person\n\n'
    cat "$left"
  fi
} >"$summary"
if [ "$step_summary" = true ]; then add_step_summary "$summary"; fi

blocked=false
if [ "$code" = 5 ]; then blocked=true; fi
# What is left is known after a complete run only: nothing, or steps for a person.
has_changes='' has_removals=''
case "$code" in
  0) has_changes=false has_removals=false ;;
  2 | 9) has_changes=true ;;
esac
set_output exitcode "$code"
set_output has_changes "$has_changes"
set_output has_removals "$has_removals"
set_output blocked "$blocked"
set_output plan_path "$INPUT_PLAN"
set_output summary_path "$summary"
printf 'exit code %d: %s\n' "$code" "$(meaning "$code")"
# Everything automatic is done: that is no failure of the run. The summary has the checklist, and GitHub shows this line above it.
if [ "$code" = 9 ] && [ "$fail_on_manual" = false ]; then
  printf '::notice title=Portcullis::everything automatic is done; steps for a person remain, see the summary\n'
  exit 0
fi
if [ "$code" = 2 ]; then
  printf '::notice title=Portcullis::what was reviewed is done; what nobody reviewed is left alone, see the summary\n'
  exit 0
fi
exit "$code"
