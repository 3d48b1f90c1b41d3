/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * intree.h - what the files share that only a kernel with Switchyard built in has.
 */
#ifndef SWITCHYARD_INTREE_H
#define SWITCHYARD_INTREE_H

/* Asks which PCI functions are hidden. The monitor has been found. */
void switchyard_functions_find(void);

#endif
