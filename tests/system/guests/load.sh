#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# load.sh DISK STREAM - in a Linux guest: files on a disk and in memory with their checksums, then
# work for disk, CPU and network that never ends. STREAM: the command that sends the TCP stream.
#
# What is made: /mnt/tree (on the disk) and /tree.sums; /t (tmpfs) and /t.sums; /count and
# /copies, to which the busy processes append a number now and then; /wrong if a copy differs.
set -e

mkdir -p /mnt /t
mount -t ext4 "$1" /mnt
mount -t tmpfs t /t
for folder in 1 2 3; do
	mkdir -p /mnt/tree/$folder
	for file in 1 2 3 4; do
		dd if=/dev/urandom of=/mnt/tree/$folder/$file bs=64k count=4 2>/dev/null
	done
done
dd if=/dev/urandom of=/t/memory bs=512k count=4 2>/dev/null
find /mnt/tree -type f -exec sha256sum {} + >/tree.sums
grep tree/1/ /tree.sums >/branch.sums
sha256sum /t/memory >/t.sums
sync

# The load is nice to what checks: it takes what is left of the CPUs, which is most.
spin() {
	i=0
	while :; do
		i=$((i + 1))
		[ $((i % 1000)) != 0 ] || echo $i >>/count
	done
}
copy() {
	i=0
	while :; do
		i=$((i + 1))
		dd if=/mnt/tree/2/1 of=/mnt/copy bs=64k conv=fsync 2>/dev/null
		cmp -s /mnt/tree/2/1 /mnt/copy || echo $i >>/wrong
		echo $i >>/copies
	done
}
renice -n 10 -p $$ >/dev/null
spin &
copy &
sh -c "$2" &
renice -n 0 -p $$ >/dev/null
until [ -s /count ] && [ -s /copies ]; do :; done
