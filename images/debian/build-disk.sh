#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build-disk.sh BUILD OUTPUT SLOT=FLAVOUR... - a disk with a real Debian for each slot.
#
# Each slot has a partition with a copy of BUILD/debian/root.img (fetch-debian.sh), its own hostname,
# machine-id and ssh host key, what `make install` has put into BUILD/debian/installed, and the driver for
# its kernel, which is that of BUILD/kernels/FLAVOUR. GRUB in the MBR takes its menu from the first slot.
# OUTPUT.key is a key with which ssh lets one in as root, OUTPUT.hosts has the slots' host keys.
#
# Needs neither root nor a mount: debugfs writes into the file systems.
set -eu

build=$1
output=$(realpath "$2")
shift 2
here=$(dirname "$0")
root=$build/debian/root.img
stage=$(mktemp -d "$output.making.XXXXXX")
trap 'rm -rf "$stage"' EXIT
umask 022

sector=512
gap=2048 # sectors before the first partition, where GRUB's core image lies
size=$(($(stat -c %s "$root") / sector))
memory=640M # of a slot
# Page-table isolation costs QEMU's emulation a fifth of its time; guests of other tests have it.
linux="ro quiet pti=off console=tty0 console=ttyS0,115200"

fail() {
	echo "error: $*" >&2
	exit 1
}

# The driver, and the kernel's lists of modules with it.
stage_driver() { # FLAVOUR RELEASE DIRECTORY
	there=$build/kernels/$1/lib/modules/$2
	modules=$3/usr/lib/modules/$2
	mkdir -p "$modules/updates"
	cp "$build/guest/$1/switchyard.ko" "$modules/updates"
	cp "$there/modules.order" "$there"/modules.builtin* "$modules"
	ln -s "$(readlink -f "$there/kernel")" "$modules/kernel"
	ln -s usr/lib "$3/lib"
	/sbin/depmod -b "$3" "$2"
	rm "$3/lib" "$modules/kernel" "$modules/modules.order" "$modules"/modules.builtin*
}

# Linux takes an initramfs of several archives, one behind the other: the driver comes last.
stage_initrd() { # RELEASE DIRECTORY
	mkdir -p "$2/boot"
	/usr/sbin/debugfs -R "dump /boot/initrd.img-$1 $2/boot/initrd.img-$1" "$root" 2>/dev/null
	[ -s "$2/boot/initrd.img-$1" ] ||
		fail "$root has no kernel $1; make packages makes it anew"
	(cd "$2" && find usr/lib | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 | zstd -q) \
		>>"$2/boot/initrd.img-$1"
}

# What is a slot's own.
stage_identity() { # NAME NUMBER DIRECTORY
	mkdir -p "$3/etc/ssh" "$3/root/.ssh"
	echo "$1" >"$3/etc/hostname"
	printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$1" >"$3/etc/hosts"
	echo "$1" | md5sum | cut -c1-32 >"$3/etc/machine-id"
	echo "/dev/vda$2 / ext4 errors=remount-ro 0 1" >"$3/etc/fstab"
	ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$3/etc/ssh/ssh_host_ed25519_key"
	echo "$1 $(cat "$3/etc/ssh/ssh_host_ed25519_key.pub")" >>"$stage/hosts"
	cp "$stage/key.pub" "$3/root/.ssh/authorized_keys"
}

menu_lines() { # NAME NUMBER RELEASE
	boot="(hd0,msdos$2)/boot"
	cat <<-END
		    module2 $boot/vmlinuz-$3 kernel slot=$1 mem=$memory -- root=/dev/vda$2 $linux
		    module2 --nounzip $boot/initrd.img-$3 initrd slot=$1
	END
}

# Writes all files below DIRECTORY into the file system. debugfs always ends with status 0, so it is asked
# afterwards what is there.
put_files() { # DIRECTORY IMAGE
	(cd "$1" && find . -mindepth 1 -type d -printf 'mkdir "%P"\n' &&
		find . -type f -printf 'rm "%P"\nwrite "%p" "%P"\n') >"$stage/write"
	(cd "$1" && /usr/sbin/debugfs -w -f "$stage/write" "$2" >/dev/null 2>&1)
	(cd "$1" && find . -type f -printf 'stat "%P"\n') >"$stage/stat"
	(cd "$1" && find . -type f -printf '%s\n') >"$stage/sizes"
	/usr/sbin/debugfs -f "$stage/stat" "$2" 2>/dev/null | sed -n 's/^User:.*Size: //p' |
		cmp -s - "$stage/sizes" || fail "debugfs has not written all files to $2"
}

# boot.img looks for the core image right behind itself. The partition table goes around it.
put_grub() { # DISK
	grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o "$stage/core" biosdisk part_msdos ext2 \
		normal configfile serial test echo multiboot2 gzio
	[ "$(stat -c %s "$stage/core")" -le $(((gap - 1) * sector)) ] || fail "GRUB's core image is too large"
	dd if=/usr/lib/grub/i386-pc/boot.img of="$1" bs=440 count=1 conv=notrunc status=none
	dd if="$stage/core" of="$1" bs=$sector seek=1 conv=notrunc status=none
}

ssh-keygen -q -t ed25519 -N '' -C "tests" -f "$stage/key"
cp "$here/grub.cfg" "$stage/grub.cfg"
number=0
for slot; do
	number=$((number + 1))
	name=${slot%%=*}
	flavour=${slot#*=}
	release=$(cat "$build/kernels/$flavour/version")
	files=$stage/$number
	mkdir "$files"
	stage_driver "$flavour" "$release" "$files"
	stage_initrd "$release" "$files"
	stage_identity "$name" "$number" "$files"
	cp -R "$here/files/." "$build/debian/installed/." "$files"
	menu_lines "$name" "$number" "$release" >>"$stage/grub.cfg"
done
echo '}' >>"$stage/grub.cfg"
mkdir -p "$stage/1/boot/grub"
cp "$stage/grub.cfg" "$stage/1/boot/grub/grub.cfg"

truncate -s $(((gap + $# * size) * sector)) "$stage/disk"
for number in $(seq $#); do
	start=$((gap + (number - 1) * size))
	echo "$start $size L" >>"$stage/partitions"
	dd if="$root" of="$stage/disk" bs=1M seek=$((start * sector)) oflag=seek_bytes conv=notrunc,sparse \
		status=none
	/usr/sbin/tune2fs -U random "$stage/disk?offset=$((start * sector))" >/dev/null
	put_files "$stage/$number" "$stage/disk?offset=$((start * sector))"
done
put_grub "$stage/disk"
/usr/sbin/sfdisk -q --wipe never --wipe-partitions never "$stage/disk" <"$stage/partitions" >"$stage/said" 2>&1 ||
	fail "$(cat "$stage/said")"

for file in key key.pub hosts; do
	mv "$stage/$file" "$output.$file"
done
mv "$stage/disk" "$output"
