#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build-iso.sh OUTPUT FILE=PATH... - an image that starts GRUB for the BIOS, from a CD or a disk.
#
# Puts each FILE at /PATH and grub.cfg, beside this script, where GRUB looks for it.
set -eu

output=$1
shift
here=$(dirname "$0")
epoch=${SOURCE_DATE_EPOCH:-315532800}
date=$(date -u -d "@$epoch" +%Y%m%d%H%M%S00)
modules="biosdisk iso9660 part_msdos normal configfile serial multiboot2 gzio echo ls reboot halt"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
umask 022
mkdir -p "$stage/boot/grub"
cp "$here/grub.cfg" "$stage/boot/grub/grub.cfg"
for pair; do
	target=$stage/${pair#*=}
	mkdir -p "$(dirname "$target")"
	cp "${pair%%=*}" "$target"
done

# Fixed dates make the image reproducible; the first is the volume's name for GRUB's search, too.
grub-mkrescue -d /usr/lib/grub/i386-pc --install-modules="$modules" --locales= --fonts= --themes= \
	--modification-date="$date" -o "$output" "$stage" \
	-- -volume_date all_file_dates "=$epoch" >"$output.log" 2>&1 || {
	cat "$output.log" >&2
	exit 1
}
rm "$output.log"
