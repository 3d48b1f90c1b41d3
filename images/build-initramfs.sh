#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build-initramfs.sh KERNEL DRIVER SYCTL OUTPUT - the initramfs of a Linux slot.
#
# KERNEL: directory made by fetch-kernels.sh or fetch-i386.sh; DRIVER: its switchyard.ko, or - if the kernel has
# the driver itself, or none; SYCTL: the program, or -. Needs no root. The same input gives the same output, to the byte: fixed times (SOURCE_DATE_EPOCH),
# owners and order.
set -eu

kernel=$1
driver=$2
syctl=$3
output=$4
here=$(dirname "$0")
version=$(cat "$kernel/version")
busybox=/bin/busybox
program=$busybox
[ ! -e "$kernel/busybox" ] || program=$kernel/busybox # for another processor than this one

# QEMU's machines need these: PCI, disks by virtio, SCSI, AHCI and IDE, their file system, network cards, NVMe,
# USB disks and keyboards. A module that a flavour lacks is skipped (cloud: AHCI, e1000, USB).
wanted="virtio_pci virtio_blk virtio_net virtio_scsi ahci ata_piix sd_mod crc32c_generic ext4 e1000 e1000e
	xhci_pci hid_generic usbhid usb_storage nvme"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
umask 022

mkdir -p "$root/bin" "$root/dev" "$root/etc" "$root/lib/modules" "$root/mnt" "$root/proc" \
	"$root/root" "$root/sys" "$root/tmp"
cp -R "$here/initramfs/." "$root"
cp "$program" "$root/bin/busybox"
[ "$syctl" = - ] || cp "$syctl" "$root/bin/syctl"
mkdir -p "$root/usr/share/switchyard/on-crash.d"
cp "$here/../guest/on-crash/"[0-9]* "$root/usr/share/switchyard/on-crash.d"
for applet in $("$busybox" --list); do
	[ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
done

# /lib/modules/order lists the modules and their dependencies, in the order of loading. The driver comes
# first: until it is loaded, a panic takes all parked slots along.
: >"$root/lib/modules/order"
if [ "$driver" != - ]; then
	cp "$driver" "$root/lib/modules/switchyard.ko"
	echo switchyard.ko >"$root/lib/modules/order"
fi
for module in $wanted; do
	/sbin/modprobe -C /dev/null -d "$kernel" -S "$version" --show-depends "$module" \
		2>/dev/null || true
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' >"$root/modules"
# Some kernels have compressed modules. busybox's insmod needs them uncompressed.
while read -r file; do
	name=$(basename "$file" .xz)
	case $file in
	*.xz) xz -dc "$file" >"$root/lib/modules/$name" ;;
	*) cp "$file" "$root/lib/modules/" ;;
	esac
	echo "$name" >>"$root/lib/modules/order"
done <"$root/modules"
rm "$root/modules"

find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-315532800}" {} +
(cd "$root" && find . -mindepth 1 | LC_ALL=C sort |
	cpio --quiet --reproducible -o -H newc -R 0:0) | zstd -q -19 -T1 -o "$output" -f
