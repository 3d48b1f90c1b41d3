#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# check-devices.sh OFFSET NAME=SIZE... - in a Linux guest that has just come back: all devices at once are
# asked for what they had before the switch. Prints for each how many ms that took, or WRONG.
#
# NAME is a disk of SIZE sectors, of which this guest has 2 MiB from OFFSET MiB on. /tmp/NAME.sum has the
# sum of what is there, if this guest was here before. The card is eth0.

now() { awk '{ print int($1 * 1000) }' /proc/uptime; }

find_disk() { # SECTORS
	for size in /sys/block/*/size; do
		[ "$(cat "$size")" != "$1" ] || basename "$(dirname "$size")"
	done
}

check_disk() { # NAME SECTORS
	until disk=$(find_disk "$2") && [ -n "$disk" ] &&
		dd if="/dev/$disk" of="/tmp/$1" bs=1M skip="$offset" count=2 iflag=direct 2>/dev/null; do :; done
	took=$(($(now) - begin))
	if [ -e "/tmp/$1.sum" ] && ! sha256sum -c -s "/tmp/$1.sum"; then
		echo "$1 WRONG"
		return
	fi
	dd if=/dev/urandom of="/tmp/$1" bs=1M count=2 2>/dev/null
	sha256sum "/tmp/$1" >"/tmp/$1.sum"
	dd if="/tmp/$1" of="/dev/$disk" bs=1M seek="$offset" conv=notrunc oflag=direct 2>/dev/null || echo "$1 WRONG"
	echo "$1 $took"
}

check_card() {
	until [ "$(cat /sys/class/net/eth0/carrier 2>/dev/null)" = 1 ]; do :; done
	link=$(($(now) - begin))
	until ping -c 1 -W 1 10.0.2.2 >/dev/null 2>&1; do :; done
	echo "link $link"
	echo "card $(($(now) - begin))"
}

begin=$(now)
offset=$1
shift
for disk; do
	check_disk "${disk%=*}" "${disk#*=}" &
done
check_card &
wait
