#!/usr/bin/env bash
# Says what differs and whose doing it is. Never writes to the site.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

need portcullis
take_credentials
step_summary=$(truth step_summary "$INPUT_STEP_SUMMARY")
work=$(private_directory)
report="$work/drift.txt"
summary="$work/summary.md"
patch="$work/accept.patch"

# Drift names people whatever the job's PORTCULLIS_PRIVACY says of plans: there is no other form of it.
arguments=(drift --detailed-exitcode --color never --privacy full "--write-patch=$patch")
add_lines --site "$INPUT_SITES"
if [ -n "$INPUT_BASE" ]; then arguments+=("--base=$INPUT_BASE"); fi

code=0
guarded portcullis "${arguments[@]}" -- "$INPUT_DIRECTORY" >"$report" || code=$?
{
  printf '**Portcullis drift**: %s (exit code %d)\n' "$(meaning "$code")" "$code"
  if [ -s "$report" ]; then
    printf '\n'
    as_code_block "$report" 55000
  fi
} >"$summary"
if [ "$step_summary" = true ]; then add_step_summary "$summary"; fi

has_changes=''
case "$code" in
  0) has_changes=false ;;
  # 9: what differs waits for a person. That is worth an issue, not a red run.
  2 | 9) has_changes=true ;;
esac
if [ ! -s "$patch" ]; then patch=''; fi
set_output exitcode "$code"
set_output has_changes "$has_changes"
set_output patch_path "$patch"
set_output summary_path "$summary"
printf 'exit code %d: %s\n' "$code" "$(meaning "$code")"
case "$code" in
  0 | 2 | 9) ;;
  *) exit "$code" ;;
esac
