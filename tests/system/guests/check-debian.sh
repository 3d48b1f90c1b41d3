# SPDX-License-Identifier: GPL-2.0-only
#
# check-debian.sh ROUND - after a switch, in a real Debian: services, journal, timers. The status is 0 if all
# is well; run with -ex it shows the step that failed as the last one.
rm -f /run/tick
systemctl is-active stress tick.timer cron dbus systemd-journald systemd-networkd systemd-udevd ssh >/run/states
[ "$(grep -cx active /run/states)" -eq 8 ]
logger -t switch "round $1"
journalctl --sync
journalctl -t switch -n 1 -o cat | grep -qx "round $1"
until [ -e /run/tick ]; do sleep 0.1; done
