#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh ROUND CPUS SHARED_OFFSET - in a Linux guest on which load.sh has run: is all as it
# was before the switch, and does everything go on? Prints what it looks at; fails at the first fault.
#
# SHARED_OFFSET: this guest's place on the shared disk (/shared-disk has its name), in units of
# 256 KiB. /alarms and /harmless are extended regular expressions: what the kernel's log may not
# hold, and what of that it may hold.
set -e

last() { tail -n 1 "$1"; }
shared() { dd if="$(cat /shared-disk)" bs=256k skip="$1" count=1 iflag=direct 2>/dev/null; }
ticks() { awk "/LOC:/ { print \$$(($1 + 2)) }" /proc/interrupts; }

count=$(last /count)
copies=$(last /copies)

echo "CPUs"
[ "$(grep -c ^processor /proc/cpuinfo)" = "$2" ]

# A CPU that is idle has no timer interrupts: each gets work until the next one has come.
echo "timers"
cpu=0
while [ $cpu -lt "$2" ]; do
	before=$(ticks $cpu)
	until [ "$(ticks $cpu)" -gt "$before" ]; do
		taskset "$(printf %x $((1 << cpu)))" true
	done
	cpu=$((cpu + 1))
done

echo "memory"
sha256sum -c -s /t.sums

echo "disk"
[ "$1" = 1 ] || [ "$(cat /mnt/round)" = $(($1 - 1)) ]
echo "$1" >/mnt/round
sync
echo 3 >/proc/sys/vm/drop_caches
sha256sum -c -s /branch.sums
[ "$(cat /mnt/round)" = "$1" ]

# Past the cache: what this guest wrote in the last round, and in this one.
echo "shared disk"
[ "$1" = 1 ] || shared "$3" | cmp - /written
dd if=/dev/urandom of=/written bs=256k count=1 2>/dev/null
dd if=/written of="$(cat /shared-disk)" bs=256k seek="$3" count=1 oflag=direct 2>/dev/null
shared "$3" | cmp - /written

echo "network"
tries=0
until ping -c 1 -W 1 10.0.2.2 >/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 10 ]
done

echo "busy processes"
until [ "$(last /count)" -gt "$count" ]; do :; done
until [ "$(last /copies)" -gt "$copies" ]; do :; done
[ ! -e /wrong ]

# The last one, as its status is the script's: set -e passes over what "!" turns round.
echo "kernel's log"
! dmesg | grep -E -f /alarms | grep -v -E -f /harmless
