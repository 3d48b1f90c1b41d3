#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build-initrd.sh BASE OUTPUT FILE=PATH... - an initramfs with further files: each FILE of this machine
# as PATH in the guest, with the shared libraries that it needs.
set -eu

base=$1
output=$2
shift 2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

for pair; do
	install -D -m 755 "${pair%%=*}" "$root/${pair#*=}"
	{ ldd "${pair%%=*}" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
		install -D -m 755 "$library" "$root$library"
	done
done
# Linux unpacks archives that follow each other, if each begins at a multiple of 4.
cp "$base" "$output"
truncate -s %4 "$output"
(cd "$root" && find . -mindepth 1 | cpio --quiet -o -H newc -R 0:0) | zstd -q -3 >>"$output"
