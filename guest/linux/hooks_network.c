// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_network.c - each slot has its own MAC address on a network card that all of them use in turn.
 *
 * With one address they would get one IP address by DHCP. Then packets of a parked slot's TCP
 * connections reach the slot that runs, which knows no such connection and resets it. So the first
 * slot has the card's own address, and every other one an address made of that and its number.
 *
 * A card gets it where the driver finds it down, or else right before it goes up: a card's driver may
 * not be ready for it before its registration is complete.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include "hooks.h"
#include "switchyard_core.h"

/* In the first byte: not from a manufacturer (IEEE 802, "U/L"). */
#define LOCALLY_ADMINISTERED 0x02

/* Likewise: here the slot's number fits, and two cards with neighbouring addresses stay apart. */
#define NUMBER_SHIFT 4

static bool own_mac = true;
module_param(own_mac, bool, 0444);
MODULE_PARM_DESC(own_mac, "Each slot but the first has its own MAC address on network cards");

/* The first slot has number 1. */
static void slot_address(const struct net_device *card, struct sockaddr *address)
{
	u8 *bytes = (u8 *)address->sa_data;

	address->sa_family = ARPHRD_ETHER;
	ether_addr_copy(bytes, card->perm_addr);
	bytes[0] ^= (switchyard_self() - 1) << NUMBER_SHIFT;
	bytes[0] |= LOCALLY_ADMINISTERED;
}

/* Hardware, and not a bridge or the like. */
static bool is_card(const struct net_device *device)
{
	return device->dev.parent && device->type == ARPHRD_ETHER &&
	       is_valid_ether_addr(device->perm_addr);
}

/* Leaves addresses alone that somebody chose, or that the card's driver invented. RTNL is held. */
static void give_address(struct net_device *device)
{
	struct sockaddr address;
	int error;

	if (!is_card(device) || device->addr_assign_type != NET_ADDR_PERM)
		return;

	slot_address(device, &address);
	error = dev_set_mac_address(device, &address, NULL);
	if (error)
		pr_warn("%s: has %pM in all slots, as its driver does not set another: error %d\n",
			netdev_name(device), device->dev_addr, error);
	else
		pr_info("%s: has %pM in this slot\n", netdev_name(device), device->dev_addr);
}

/* What exists when the driver is loaded. */
static void give_first_address(struct net_device *device)
{
	if (!netif_running(device)) {
		/* In runtime suspend it is not present. */
		if (netif_device_present(device))
			give_address(device);
	} else if (is_card(device) && device->addr_assign_type == NET_ADDR_PERM) {
		pr_warn("%s: keeps %pM, which other slots have, too, until it goes down and up\n",
			netdev_name(device), device->dev_addr);
	}
}

/*
 * A card has forgotten the address, and not every driver of one sets it again (virtio_net). Newer
 * kernels' dev_set_mac_address() does nothing, as it thinks that the address is set. A card's driver that
 * refuses, because the card is up, sets the address whenever that comes up.
 */
static void renew_address(struct net_device *device)
{
	struct sockaddr address;

	if (!is_card(device) || !netif_device_present(device))
		return;

	slot_address(device, &address);
	if (ether_addr_equal(device->dev_addr, (u8 *)address.sa_data))
		device->netdev_ops->ndo_set_mac_address(device, &address);
}

static void for_each_device(void (*function)(struct net_device *device))
{
	struct net_device *device;
	struct net *net;

	rtnl_lock();
	down_read(&net_rwsem);
	for_each_net (net) {
		for_each_netdev (net, device)
			function(device);
	}
	up_read(&net_rwsem);
	rtnl_unlock();
}

static int network_notify(struct notifier_block *notifier, unsigned long event, void *data)
{
	if (event == NETDEV_PRE_UP)
		give_address(netdev_notifier_info_to_dev(data));
	return NOTIFY_DONE;
}

static struct notifier_block network_notifier = {.notifier_call = network_notify};

/* The first slot keeps addresses. */
static bool is_wanted(void)
{
	return own_mac && switchyard_self() > 1;
}

int switchyard_network_init(void)
{
	int error;

	if (!is_wanted())
		return 0;

	error = register_netdevice_notifier(&network_notifier);
	if (error) {
		pr_err("no notifier of network devices, error %d\n", error);
		return error;
	}
	for_each_device(give_first_address);
	return 0;
}

void switchyard_network_exit(void)
{
	if (is_wanted())
		unregister_netdevice_notifier(&network_notifier);
}

void switchyard_network_resume(void)
{
	if (is_wanted())
		for_each_device(renew_address);
}
