#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# sign.sh KEY CERTIFICATE VOLUME APPLICATION OUTPUT - switchyard.efi, ready for Secure Boot.
#
# Makes the list of SHA-256 sums of switchyard.conf and of all files that it names, below the folder
# VOLUME (where the EFI system partition is mounted); adds it to APPLICATION (build/switchyard.efi)
# as section .sums; signs the result. Any change of one of these files asks for a new signature.
set -eu

[ $# -eq 5 ] || {
	echo "usage: sign.sh KEY CERTIFICATE VOLUME APPLICATION OUTPUT" >&2
	exit 2
}
key=$(realpath "$1")
certificate=$(realpath "$2")
volume=$3
application=$(realpath "$4")
output=$(realpath "$5")
objcopy=${OBJCOPY:-objcopy}
objdump=${OBJDUMP:-objdump}
conf=switchyard/switchyard.conf
page=4096

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The words of a conf that have a slash or backslash and come first in their line: boot/efi/conf.h.
named() {
	sed -e '1s/^\xef\xbb\xbf//' -e 's/\r$//' "$conf" |
		awk '$1 !~ /^#/ && $1 ~ /[\/\\]/ { gsub(/\\/, "/", $1); sub(/^\/+/, "", $1); print $1 }'
}

cd "$volume"
{
	echo "$conf"
	named
} | awk '!seen[$0]++' >"$work/files"
xargs -d '\n' sha256sum -- <"$work/files" >"$work/sums"
cat "$work/sums"

# Behind the last section, from a page on, as sections of a PE file are.
end=$("$objdump" -h "$application" | awk '$1 ~ /^[0-9]+$/ { print $3, $4 }' |
	while read -r size address; do echo $((0x$size + 0x$address)); done | sort -n | tail -n 1)
address=$(((end + page - 1) / page * page))

"$objcopy" --add-section .sums="$work/sums" --set-section-flags .sums=alloc,load,readonly,data \
	--change-section-vma .sums="$address" "$application" "$work/switchyard.efi"
sbsign --key "$key" --cert "$certificate" --output "$output" "$work/switchyard.efi"
