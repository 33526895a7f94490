#!/usr/bin/env bash
# Puts `portcullis` on the path: a given binary; else the archive of the release, with its checksum verified; else one built from
# the source that belongs to this action, with the locked dependencies.
set -euo pipefail
# shellcheck source=../common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

root="${RUNNER_TEMP:?}/portcullis-tool"
kept="$RUNNER_TEMP/portcullis-kept"
releases="https://github.com/portcullis-jsm/portcullis/releases/download/v$INPUT_VERSION"
mkdir -p "$root/bin" "$kept"

# Names the archive for this machine, as the release workflow does; nothing where there is none.
archive_name() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) printf 'portcullis-%s-x86_64-unknown-linux-musl.tar.gz' "$INPUT_VERSION" ;;
    Linux-aarch64) printf 'portcullis-%s-aarch64-unknown-linux-musl.tar.gz' "$INPUT_VERSION" ;;
    Darwin-x86_64) printf 'portcullis-%s-x86_64-apple-darwin.tar.gz' "$INPUT_VERSION" ;;
    Darwin-arm64) printf 'portcullis-%s-aarch64-apple-darwin.tar.gz' "$INPUT_VERSION" ;;
  esac
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1" | cut -d' ' -f1; else shasum -a 256 <"$1" | cut -d' ' -f1; fi
}

download() {
  curl --fail --silent --show-error --location --proto '=https' --retry 3 --max-time 300 --output "$2" -- "$releases/$1" 2>/dev/null
}

# Installs the archive of the release. Fails quietly where there is no such release; what is there and wrong ends everything.
from_release() {
  local name sum wanted=$INPUT_SHA256
  command -v curl >/dev/null 2>&1 || return 1
  name=$(archive_name)
  [ -n "$name" ] || return 1
  # Never kept: a list that lay beside the archive would prove nothing.
  if [ -z "$wanted" ]; then
    download SHA256SUMS "$root/SHA256SUMS" || return 1
    wanted=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$root/SHA256SUMS")
  fi
  [[ $wanted =~ ^[0-9a-f]{64}$ ]] || fail "the release has no checksum of the archive for this machine"
  if [ ! -f "$kept/$name" ] || [ "$(sha256 "$kept/$name")" != "$wanted" ]; then
    download "$name" "$kept/$name" || return 1
  fi
  sum=$(sha256 "$kept/$name")
  if [ "$sum" != "$wanted" ]; then
    rm -f -- "$kept/$name"
    fail "the archive of the release does not have the checksum that it should have"
  fi
  export GH_TOKEN="$INPUT_TOKEN"
  if [ -n "$GH_TOKEN" ] && command -v gh >/dev/null 2>&1 && gh attestation verify --help >/dev/null 2>&1; then
    gh attestation verify "$kept/$name" --repo portcullis-jsm/portcullis \
      --signer-workflow portcullis-jsm/portcullis/.github/workflows/release.yml >/dev/null ||
      fail "the archive of the release was not built by the release workflow of Portcullis"
  fi
  tar -xzf "$kept/$name" -C "$root/bin" portcullis || fail "the archive of the release holds no program"
}

if [ -n "$INPUT_BINARY" ]; then
  [ -f "$INPUT_BINARY" ] || fail "the input \`binary\` names no file"
  cp -- "$INPUT_BINARY" "$root/bin/portcullis"
  chmod 755 "$root/bin/portcullis"
  from=binary
elif [ -z "$INPUT_SOURCE" ] && from_release; then
  from=release
else
  source_directory=${INPUT_SOURCE:-$INPUT_OWN_SOURCE}
  [ -f "$source_directory/Cargo.toml" ] || fail "there is no such release, and no source to build it from"
  from=source
  if [ -z "$INPUT_SOURCE" ] && [ -x "$kept/portcullis" ]; then
    cp -- "$kept/portcullis" "$root/bin/portcullis"
  else
    need cargo
    cargo install --locked --force --path "$source_directory" --root "$root"
    if [ -z "$INPUT_SOURCE" ]; then cp -- "$root/bin/portcullis" "$kept/portcullis"; fi
  fi
fi

binary="$root/bin/portcullis"
reported=$("$binary" --version) || fail "the binary does not run"
reported=${reported#portcullis }
# A directory with other source, or a given binary, may be of any version; what belongs to a version must be that.
if [ "$from" = release ] || [ -n "${INPUT_VERSION_ASKED:-}" ] || [ -z "$INPUT_SOURCE$INPUT_BINARY" ]; then
  [ "$reported" = "$INPUT_VERSION" ] || fail "the binary is not of the version that the input \`version\` names"
fi
printf '%s\n' "$root/bin" >>"$GITHUB_PATH"
set_output version "$reported"
set_output binary "$binary"
set_output from "$from"
