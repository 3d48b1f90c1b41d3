#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build-iso.sh OUTPUT FILE=PATH... - an image that starts GRUB from a CD or a disk, by the BIOS or by
# 64-bit UEFI: grub-mkrescue takes what is installed below /usr/lib/grub.
#
# Puts each FILE at /PATH and grub.cfg, beside this script, where GRUB looks for it. The same files
# make the same image, to the byte.
set -eu

output=$1
shift
here=$(dirname "$0")
epoch=${SOURCE_DATE_EPOCH:-315532800}
date=$(date -u -d "@$epoch" +%Y%m%d%H%M%S00)
# Both platforms have these modules. biosdisk exists for one only, and is in its core image.
modules="iso9660 normal configfile serial test all_video multiboot2 gzio echo ls reboot halt"
# grub-mkrescue makes a core image for UEFI that loads all of these, and reports each one that is missing.
modules="$modules part_acorn part_amiga part_apple part_bsd part_dfly part_dvh part_gpt part_msdos"
modules="$modules part_plan part_sun part_sunpc"

stage=$(mktemp -d)
trap 'rm -rf "$stage" "$stage.bin"' EXIT
umask 022
mkdir -p "$stage/boot/grub"
cp "$here/grub.cfg" "$stage/boot/grub/grub.cfg"
for pair; do
	target=$stage/${pair#*=}
	mkdir -p "$(dirname "$target")"
	cp "${pair%%=*}" "$target"
done

# Fixed dates make the image reproducible; the first is the volume's name for GRUB's search, too.
# mtools make UEFI's file system; they take dates from SOURCE_DATE_EPOCH, but the serial number, which
# is random, from an option only.
export SOURCE_DATE_EPOCH="$epoch"
mkdir "$stage.bin"
cat >"$stage.bin/mformat" <<END
#!/bin/sh
exec $(command -v mformat) -N $(printf %08x "$epoch") "\$@"
END
chmod +x "$stage.bin/mformat"
# GRUB 2.12 makes a file whose name is the time of day.
TZ=UTC0 PATH=$stage.bin:$PATH faketime -f "$(date -u -d "@$epoch" '+%Y-%m-%d %H:%M:%S')" \
	grub-mkrescue --install-modules="$modules" --locales= --fonts= --themes= \
	--modification-date="$date" -o "$output" "$stage" \
	-- -volume_date all_file_dates "=$epoch" >"$output.log" 2>&1 || {
	cat "$output.log" >&2
	exit 1
}
rm "$output.log"
