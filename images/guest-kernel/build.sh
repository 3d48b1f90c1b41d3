#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# build.sh SOURCE PATCHES COMPILER CACHE OUTPUT - builds a small kernel for guests, or takes it from the cache.
#
# SOURCE: the archive of Debian's package linux-source-VERSION. PATCHES: the folder with the series for
# it. The configuration is fragment.config over allnoconfig. What the kernel depends on gives the name of its folder in CACHE, so a kernel that was
# built once is there after "make clean", and for other checkouts. OUTPUT gets
#
#   vmlinuz   the kernel
#   headers   a link to its tree, for modules
#   compiler  the name of the compiler
#   version   a line with its release, written last
set -eu

source=$1
patches=$(realpath "$2")
compiler=$3
cache=$4
output=$5
here=$(dirname "$0")
fragment=$(realpath "$here/fragment.config")

for file in "$source" "$patches" "$fragment" "$0"; do
	if [ ! -r "$file" ]; then
		echo "error: missing: $file" >&2
		exit 1
	fi
done

key=$({
	sha256sum <"$source"
	cat "$patches"/*.patch | sha256sum
	sha256sum <"$fragment"
	sha256sum <"$0"
	"$compiler" -dumpfullversion
	"$compiler" -dumpmachine
} | sha256sum | cut -c1-24)
kept=$cache/$key

# Nothing in the kernel tells when, where and by whom it was built.
export KBUILD_BUILD_TIMESTAMP="@315532800" KBUILD_BUILD_USER=switchyard KBUILD_BUILD_HOST=switchyard

build() {
	echo "  KERNEL  $kept: some 7 minutes on 2 CPUs"
	rm -rf "$kept"
	mkdir -p "$kept/tree"
	tar -xf "$source" -C "$kept/tree" --strip-components=1
	(
		cd "$kept/tree"
		cat "$patches"/*.patch | patch -p1 -s -F0
		scripts/kconfig/merge_config.sh -n "$fragment" >../config.log
		make -s -j "$(nproc)" CC="$compiler" HOSTCC="$compiler" bzImage modules
		cp arch/x86/boot/bzImage ../vmlinuz
		make -s CC="$compiler" kernelrelease >../release
		# Modules need headers, scripts and objtool, not the sources.
		rm -rf Documentation arch/[!x]* vmlinux*
		find . -path ./scripts -prune -o -path ./tools -prune -o \
			-type f \( -name '*.[cSoa]' -o -name '*.cmd' \) -exec rm {} +
	)
	mv "$kept/release" "$kept/version"
}

[ -e "$kept/version" ] || build
mkdir -p "$output"
ln -sfn "$kept/tree" "$output/headers"
cp "$kept/vmlinuz" "$output/vmlinuz"
basename "$compiler" >"$output/compiler"
cp "$kept/version" "$output/version"
