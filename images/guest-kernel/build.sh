#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh SOURCE PATCHES COMPILER CACHE OUTPUT - builds a small kernel for guests, or takes it from the cache.
#
# SOURCE: the archive of Debian's package linux-source-VERSION. PATCHES: the folder with the series for it.
# The configuration is fragment.config over allnoconfig. What the kernel depends on gives the name of its
# folder in CACHE, so a kernel that was built once is there after "make clean", and for other checkouts.
# The tree stays in CACHE, too: after a change of a patch, only what depends on it is compiled. If OUTPUT is -,
# nothing is built: the script fails if the kernel is not in the cache. Else OUTPUT gets
#
#   vmlinuz   the kernel
#   config    its whole configuration
#   version   a line with its release, written last
set -eu

fail() {
	echo "error: $*" >&2
	exit 1
}

source=$1
patches=$2
compiler=$3
cache=$4
output=$5
here=$(dirname "$0")
fragment=$(realpath "$here/fragment.config")

for file in "$source" "$patches" "$fragment"; do
	[ -r "$file" ] || fail "missing: $file"
done
patches=$(realpath "$patches")
ls "$patches"/*.patch >/dev/null 2>&1 || fail "missing: $patches/*.patch"

key=$({
	sha256sum <"$source"
	cat "$patches"/*.patch | sha256sum
	sha256sum <"$fragment"
	"$compiler" -dumpfullversion
	"$compiler" -dumpmachine
} | sha256sum | cut -c1-24)
kept=$cache/$key
[ "$output" != - ] || exec test -e "$kept/version"

name=$(basename "$source" .tar.xz)
tree=$cache/$name
touched=$tree/.touched # all files that a series has changed so far

# Nothing in the kernel tells when, where and by whom it was built.
export KBUILD_BUILD_TIMESTAMP="@315532800" KBUILD_BUILD_USER=switchyard KBUILD_BUILD_HOST=switchyard

say() {
	echo "  KERNEL  $name: $*"
}

# The series is applied to fresh copies of the files that it changes. Only those that differ from what the
# tree has go there, because make goes by their times.
patch_tree() {
	say "applying $(ls "$patches"/*.patch | wc -l) patches"
	touch "$touched"
	sed -n 's,^+++ b/\([^ 	]*\).*,\1,p' "$patches"/*.patch | sort -u - "$touched" >"$fresh.list"
	mkdir "$fresh"
	sed 's,^,*/,' "$fresh.list" >"$fresh.names"
	# Those that the series adds are not in the archive.
	tar -xf "$source" -C "$fresh" --strip-components=1 --wildcards --no-wildcards-match-slash \
		-T "$fresh.names" 2>/dev/null || true
	for file in "$patches"/*.patch; do
		patch -p1 -s -F0 -d "$fresh" <"$file" >"$fresh.said" 2>&1 ||
			fail "$file does not apply to $name: $(head -n 1 "$fresh.said")"
	done
	cp "$fresh.list" "$touched"
	while read -r file; do
		if [ ! -e "$fresh/$file" ]; then
			rm -f "$tree/$file"
		elif ! cmp -s "$fresh/$file" "$tree/$file"; then
			mkdir -p "$(dirname "$tree/$file")"
			cp "$fresh/$file" "$tree/$file"
		fi
	done <"$fresh.list"
}

configure() {
	said=$tree/.merge.log
	(cd "$tree" && scripts/kconfig/merge_config.sh -n "$fragment" >"$said") ||
		fail "$name takes no configuration: see $said"
	# Versions differ in the options that they know. One that is known has to be taken.
	for option in $(sed -n 's/^Value requested for CONFIG_\(.*\) not in final.*/\1/p' "$said"); do
		if grep -rqx --include='Kconfig*' "\(menu\)\?config $option" "$tree"; then
			fail "$name does not take CONFIG_$option in $fragment"
		fi
		say "it does not know CONFIG_$option"
	done
}

# A line for every so many files. The compiler's complaints go past it.
compile() {
	say "compiling with $(nproc) CPUs"
	{
		nice -n 19 make -C "$tree" -j "$(nproc)" CC="$compiler" HOSTCC="$compiler" bzImage ||
			echo failed
	} | {
		count=0
		while read -r word _; do
			case $word in
			CC)
				count=$((count + 1))
				[ $((count % 200)) != 0 ] || say "$count files"
				;;
			failed) fail "$name does not compile" ;;
			esac
		done
	}
}

build() {
	mkdir -p "$cache"
	exec 9>"$cache/$name.lock" # another checkout may be at it
	flock 9
	[ ! -e "$kept/version" ] || return 0
	fresh=$(mktemp -d)
	trap 'rm -rf "$fresh" "$fresh".*' EXIT
	rmdir "$fresh"
	begin=$(date +%s)
	say "unpacking"
	"$here/unpack.sh" "$source" "$tree"
	patch_tree
	configure
	compile
	rm -rf "$kept"
	mkdir -p "$kept"
	cp "$tree/arch/x86/boot/bzImage" "$kept/vmlinuz"
	cp "$tree/.config" "$kept/config"
	make -s -C "$tree" CC="$compiler" kernelrelease >"$kept/release"
	mv "$kept/release" "$kept/version"
	say "built in $(($(date +%s) - begin)) s"
}

[ -e "$kept/version" ] || build
mkdir -p "$output"
cp "$kept/vmlinuz" "$kept/config" "$output"
cp "$kept/version" "$output/version"
