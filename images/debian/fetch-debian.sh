#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-debian.sh BUILD - a real Debian as an ext4 file system: BUILD/debian/root.img.
#
# It is of the release that this machine has, from the sources that this machine's apt has: systemd, udev,
# dbus, sshd, cron, networkd, stress-ng, mdadm, lvm2. It has the generic kernels that fetch-kernels.sh fetched, with an
# initramfs by initramfs-tools each. What is ours comes later, without root and network: build-disk.sh.
#
# BUILD/debian/made-of says what root.img was made of; as long as that stays, it is left alone. Needs root
# or sudo, because files have owners, and scripts of packages run below chroot.
set -eu
# shellcheck source=images/as-root.sh
. "$(dirname "$0")/../as-root.sh"

build=$1
target=$build/debian
packages="systemd systemd-sysv libpam-systemd udev dbus login passwd openssh-server cron iproute2 kmod
	initramfs-tools zstd procps e2fsprogs stress-ng mdadm lvm2 dosfstools"
size=1400M
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

generic_kernels() {
	for file in "$build"/kernels/[0-9]*-amd64/version; do
		case $file in
		*-cloud-* | *-rt-*) ;;
		*) dirname "$file" ;;
		esac
	done
}

ingredients() {
	cat "$0"
	for kernel in $kernels; do cat "$kernel/version"; done
}

sources() {
	apt-get indextargets --format "deb [signed-by=$keyring] \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
		'Created-By: Packages' 'Origin: Debian' | sort -u
}

mkdir -p "$target"
kernels=$(generic_kernels)
made_of=$(ingredients | sha256sum)
if [ -e "$target/root.img" ] && [ "$made_of" = "$(cat "$target/made-of")" ]; then
	exit 0
fi

need_root "a Debian is made by root"
[ -n "$(sources)" ] || $as_root apt-get update -q
work=$(mktemp -d "$target/making.XXXXXX")
trap '$as_root rm -rf "$work"' EXIT
chmod 755 "$work"

# What root does at the end, with the new system's root as its argument. The initramfs gets the modules for
# QEMU's disk, and loads ours, which build-disk.sh adds.
cat >"$work/finish" <<END
set -eu
root=\$1
printf '%s\n' virtio_pci virtio_blk ext4 switchyard >>"\$root/etc/initramfs-tools/modules"
echo MODULES=list >"\$root/etc/initramfs-tools/conf.d/modules"
mkdir -p "\$root/usr/lib/modules"
for kernel in $(echo $kernels); do
	release=\$(cat "\$kernel/version")
	modules=\$root/usr/lib/modules/\$release
	cp -a "\$(readlink -f "\$kernel/lib/modules/\$release")" "\$modules"
	chown -R 0:0 "\$modules"
	rm -f "\$modules/build" "\$modules/source"
	cp "\$kernel/vmlinuz" "\$root/boot/vmlinuz-\$release"
	cp "\$kernel/headers/.config" "\$root/boot/config-\$release"
	chroot "\$root" update-initramfs -c -k "\$release"
done
chroot "\$root" systemctl enable systemd-networkd.service
chroot "\$root" usermod -s /bin/sh root
rm -f "\$root"/etc/ssh/ssh_host_* "\$root/etc/resolv.conf" "\$root/etc/hostname" "\$root/etc/machine-id"
END

echo "  DEBIAN  $target/root.img"
. /etc/os-release
sources | $as_root mmdebstrap --mode=root --variant=apt \
	--hook-dir=/usr/share/mmdebstrap/hooks/eatmydata \
	--include="$(echo $packages | tr ' ' ,)" --aptopt='Acquire::Languages "none"' \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' --customize-hook="sh '$work/finish' \"\$1\"" \
	"$VERSION_CODENAME" "$work/root" -
$as_root /usr/sbin/mke2fs -q -t ext4 -d "$work/root" "$work/root.img" "$size"
$as_root chown "$(id -u):$(id -g)" "$work/root.img"
mv "$work/root.img" "$target/root.img"
echo "$made_of" >"$target/made-of"
