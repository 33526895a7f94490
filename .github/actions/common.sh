# What the scripts of these actions share; sourced, never run.
# Bash 3.2 is enough, so that the runners of macOS work too.
# shellcheck shell=bash

# A range such as [0-9] means just that, whatever the runner's language.
export LC_ALL=C

# Stops with a message that GitHub shows at the top of the run. The text comes from these scripts, never from outside. It goes
# to standard error, so that it is seen from within `$(…)` too.
fail() {
  printf '::error title=Portcullis::%s\n' "$1" >&2
  exit "${2:-1}"
}

# Stops unless every named program is there.
need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null 2>&1 || fail "the runner has no \`$program\`"
  done
}

# Takes the credentials that were given as inputs. Without inputs the variables of the job stay as they are.
take_credentials() {
  if [ -n "${INPUT_EMAIL:-}" ]; then export PORTCULLIS_EMAIL="$INPUT_EMAIL"; fi
  if [ -n "${INPUT_API_TOKEN:-}" ]; then export PORTCULLIS_API_TOKEN="$INPUT_API_TOKEN"; fi
  if [ -n "${INPUT_ORG_API_KEY:-}" ]; then export PORTCULLIS_ORG_API_KEY="$INPUT_ORG_API_KEY"; fi
  unset INPUT_EMAIL INPUT_API_TOKEN INPUT_ORG_API_KEY
  # Not set is no limit; set and empty would be one that lets nothing through.
  if [ -z "${PORTCULLIS_ALLOWED_SITES:-}" ]; then unset PORTCULLIS_ALLOWED_SITES; fi
}

# Takes the key of pseudonyms: the input, else the job's, else a random one, since an address can be guessed and checked.
take_pseudonym_key() {
  local key=${INPUT_PSEUDONYM_KEY:-${PORTCULLIS_PSEUDONYM_KEY:-}}
  if [ -z "$key" ]; then key=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n'); fi
  export PORTCULLIS_PSEUDONYM_KEY="$key"
  unset INPUT_PSEUDONYM_KEY
}

# Adds one `NAME=LINE` to `arguments` for every line of the text that is not empty.
add_lines() {
  local name=$1 line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    if [ -n "$line" ]; then arguments+=("$name=$line"); fi
  done <<<"$2"
}

# Says `true` or `false` of an input, and stops at anything else. Assign it to a variable: elsewhere Bash goes on after `$(…)`
# has failed.
truth() {
  case "$2" in
    true | false) printf '%s' "$2" ;;
    *) fail "the input \`$1\` must be true or false" 64 ;;
  esac
}

# Runs a command whose messages on standard error hold text of strangers. GitHub reads workflow commands from both streams
# of a step, so it is told to stop until it sees a word that nobody can guess. Standard output belongs in a file.
guarded() {
  local word code=0
  word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$word" >&2
  "$@" || code=$?
  printf '\n::%s::\n' "$word" >&2
  return "$code"
}

# Sets an output of the step. A line break would start another output, so there is none in any value.
set_output() {
  case "$2" in
    *$'\n'* | *$'\r'*) fail "the output \`$1\` would span lines" ;;
  esac
  printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
}

# Makes a directory that only this user can read.
private_directory() {
  umask 077
  mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/portcullis.XXXXXX"
}

# Adds a file to the summary of the step. GitHub drops a summary of more than 1 MiB whole, so a larger one is only named.
add_step_summary() {
  [ -n "${GITHUB_STEP_SUMMARY:-}" ] || return 0
  local present=0 size
  if [ -f "$GITHUB_STEP_SUMMARY" ]; then present=$(wc -c <"$GITHUB_STEP_SUMMARY"); fi
  size=$(wc -c <"$1")
  if [ "$((present + size))" -lt 1000000 ]; then
    cat "$1" >>"$GITHUB_STEP_SUMMARY"
  else
    printf 'The summary is larger than GitHub shows (%d bytes).\n' "$size" >>"$GITHUB_STEP_SUMMARY"
  fi
}

# Prints a file as a Markdown code block of at most so many bytes, cut between lines. Nothing inside can end the block: the
# fence is longer than every run of backticks in the file.
as_code_block() {
  LC_ALL=C awk -v budget="$2" '
    {
      rest = $0
      while (match(rest, /`+/)) {
        if (RLENGTH > longest) longest = RLENGTH
        rest = substr(rest, RSTART + RLENGTH)
      }
      size += length($0) + 1
      if (size <= budget) kept[++lines] = $0; else left++
    }
    END {
      if (longest < 2) longest = 2
      for (i = 0; i <= longest; i++) fence = fence "`"
      print fence "text"
      for (i = 1; i <= lines; i++) print kept[i]
      print fence
      if (left) print "\n" left " more lines are in the output of the run."
    }' "$1"
}

# Says what an exit code of Portcullis means.
meaning() {
  case "$1" in
    0) printf 'done' ;;
    2) printf 'there are changes' ;;
    3) printf 'the configuration is invalid' ;;
    4) printf 'applied in part' ;;
    5) printf 'blocked by policy or protection' ;;
    6) printf 'the reviewed plan no longer covers what would be done' ;;
    7) printf 'credentials are missing, refused, or lack a right' ;;
    8) printf 'something could not be read whole, or the site is unreachable' ;;
    9) printf 'everything automatic is done, manual steps remain' ;;
    10) printf 'an expectation does not hold' ;;
    64) printf 'wrong arguments' ;;
    *) printf 'unexpected error' ;;
  esac
}

# Prints the address of this run, for people.
run_url() {
  printf '%s/%s/actions/runs/%s' "${GITHUB_SERVER_URL:-https://github.com}" "${GITHUB_REPOSITORY:-}" "${GITHUB_RUN_ID:-}"
}
