// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_network.c - gives each slot its own MAC address on the network cards that all slots use in
 * turn.
 *
 * With one address, all slots would get one IP address by DHCP. Packets for a parked slot's TCP
 * connection would then reach the slot that runs, which does not know the connection and resets it.
 * So the first slot has the card's own address, and every other slot has an address that is made of
 * the card's and the slot's number.
 *
 * A card that is down when this driver is loaded gets the address at once. Any other card gets it
 * right before it goes up, and not when it is registered, because its driver may not be ready then:
 * virtio_net would wait for the device for ever.
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

/* In the first byte: the address was not given by a manufacturer (IEEE 802, the U/L bit). */
#define LOCALLY_ADMINISTERED 0x02

/*
 * The slot's number goes to this place in the first byte. In the last byte, it would make the same
 * address for two slots of two cards whose addresses follow each other.
 */
#define NUMBER_SHIFT 4

static bool own_mac = true;
module_param(own_mac, bool, 0444);
MODULE_PARM_DESC(own_mac, "Each slot but the first has its own MAC address on network cards");

/* Makes this slot's address on the card. The first slot has number 1. */
static void slot_address(const struct net_device *card, struct sockaddr *address)
{
	u8 *bytes = (u8 *)address->sa_data;

	address->sa_family = ARPHRD_ETHER;
	ether_addr_copy(bytes, card->perm_addr);
	bytes[0] ^= (switchyard_self() - 1) << NUMBER_SHIFT;
	bytes[0] |= LOCALLY_ADMINISTERED;
}

/* Returns true for hardware, but not for a bridge or the like. */
static bool is_card(const struct net_device *device)
{
	return device->dev.parent && device->type == ARPHRD_ETHER &&
	       is_valid_ether_addr(device->perm_addr);
}

/* Returns true for a card with its own address: nobody chose one, and its driver invented none. */
static bool has_cards_own(const struct net_device *device)
{
	return is_card(device) && device->addr_assign_type == NET_ADDR_PERM;
}

/*
 * Gives a card its address, unless somebody chose one, or the card's driver invented one. The
 * caller holds RTNL.
 */
static void give_address(struct net_device *device)
{
	struct sockaddr address;
	int error;

	if (!has_cards_own(device))
		return;

	slot_address(device, &address);
	error = dev_set_mac_address(device, &address, NULL);
	if (error)
		pr_warn("%s: has %pM in all slots, as its driver does not set another: error %d\n",
			netdev_name(device), device->dev_addr, error);
	else
		pr_info("%s: has %pM in this slot\n", netdev_name(device), device->dev_addr);
}

/* Looks at a device that exists when this driver is loaded. */
static void give_first_address(struct net_device *device)
{
	if (!netif_running(device)) {
		/* A card in runtime suspend is not present. */
		if (netif_device_present(device))
			give_address(device);
	} else if (has_cards_own(device)) {
		pr_warn("%s: keeps %pM, which other slots have, too, until it goes down and up\n",
			netdev_name(device), device->dev_addr);
	}
}

/*
 * Sets the address that Linux knows again after a switch, because another slot has set another, or
 * the card has forgotten it, and virtio_net, for one, does not set it again. In Linux 6.12,
 * dev_set_mac_address() does nothing if it believes that the address is set already. Some drivers
 * refuse while the card is up. They set the address themselves when they resume the card.
 */
static void renew_address(struct net_device *device)
{
	struct sockaddr address = {.sa_family = ARPHRD_ETHER};

	if (!is_card(device) || !netif_device_present(device) ||
	    !device->netdev_ops->ndo_set_mac_address)
		return;

	ether_addr_copy((u8 *)address.sa_data, device->dev_addr);
	device->netdev_ops->ndo_set_mac_address(device, &address);
}

static void walk_devices(void (*function)(struct net_device *device))
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

/* Returns false in the first slot, which keeps the cards' addresses. */
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
	walk_devices(give_first_address);
	return 0;
}

void switchyard_network_exit(void)
{
	if (is_wanted())
		unregister_netdevice_notifier(&network_notifier);
}

void switchyard_network_resume(void)
{
	walk_devices(renew_address);
}
