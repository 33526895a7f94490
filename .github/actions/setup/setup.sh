#!/usr/bin/env bash
# Puts `portcullis` on the path: a given binary, or one built from source with the locked dependencies.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

root="${RUNNER_TEMP:?}/portcullis-tool"
mkdir -p "$root/bin"
if [ -n "$INPUT_BINARY" ]; then
  [ -f "$INPUT_BINARY" ] || fail "the input \`binary\` names no file"
  cp -- "$INPUT_BINARY" "$root/bin/portcullis"
  chmod 755 "$root/bin/portcullis"
else
  need cargo
  source_directory=${INPUT_SOURCE:-$INPUT_OWN_SOURCE}
  [ -f "$source_directory/Cargo.toml" ] || fail "the input \`source\` names no directory with a Cargo.toml"
  cargo install --locked --force --path "$source_directory" --root "$root"
fi

binary="$root/bin/portcullis"
reported=$("$binary" --version) || fail "the binary does not run"
reported=${reported#portcullis }
if [ -n "$INPUT_VERSION" ] && [ "$reported" != "$INPUT_VERSION" ]; then
  fail "the binary is not of the version that the input \`version\` names"
fi
printf '%s\n' "$root/bin" >>"$GITHUB_PATH"
set_output version "$reported"
set_output binary "$binary"
