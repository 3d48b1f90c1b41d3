#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch-i386.sh DIRECTORY - Debian's kernel for the i386, and an initrd whose init only says that it runs.
#
# DIRECTORY/vmlinuz and initrd; unknown instead of both if this Debian has no such kernel. apt works with
# lists of its own in DIRECTORY/apt, so this machine's architectures stay as they are.
set -eu

directory=$1
if [ -s "$directory/initrd" ] || [ -e "$directory/unknown" ]; then
	exit 0
fi
mkdir -p "$directory"
directory=$(cd "$directory" && pwd)
apt=$directory/apt
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/files"
: >"$apt/status"

own_apt() { # COMMAND ARGUMENT...
	command=$1
	shift
	"$command" -q -o APT::Architecture=i386 -o APT::Architectures=i386 -o Dir::State="$apt/state" \
		-o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root "$@"
}

echo "  KERNEL  i386"
own_apt apt-get update >"$apt/log" 2>&1 || : # of what is missing, the next lines tell
kernel=$(own_apt apt-cache depends linux-image-686-pae 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
if [ -z "$kernel" ]; then
	touch "$directory/unknown"
	exit 0
fi
(cd "$apt" && own_apt apt-get download "$kernel" busybox-static >>"$apt/log" 2>&1) || {
	echo "error: $kernel or busybox-static can't be fetched; $apt/log says why" >&2
	exit 1
}
for package in "$apt"/*.deb; do
	dpkg-deb -x "$package" "$apt/files"
done
cp "$apt"/files/boot/vmlinuz-* "$directory/vmlinuz"
mkdir -p "$apt/root/bin"
cp "$apt/files/bin/busybox" "$apt/root/bin/"
cat >"$apt/root/init" <<'END'
#!/bin/busybox sh
echo "i386: $(/bin/busybox uname -m) runs" >/dev/console
exec /bin/busybox sleep 1000000
END
chmod 755 "$apt/root/init"
(cd "$apt/root" && find . | cpio --quiet -o -H newc | gzip -9n) >"$apt/initrd"
mv "$apt/initrd" "$directory/initrd"
rm -r "$apt"
