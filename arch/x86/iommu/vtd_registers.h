/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vtd_registers.h - registers of a VT-d unit: VT-d 4.1, section 11.4.
 */
#ifndef ARCH_X86_IOMMU_VTD_REGISTERS_H
#define ARCH_X86_IOMMU_VTD_REGISTERS_H

enum vtd_register {
	VTD_VER = 0x00,
	VTD_CAP = 0x08,
	VTD_ECAP = 0x10,
	VTD_GCMD = 0x18, /* what shall be on: write-only */
	VTD_GSTS = 0x1c, /* what is on */
	VTD_RTADDR = 0x20,
	VTD_CCMD = 0x28,
	VTD_FSTS = 0x34,
	VTD_FECTL = 0x38, /* interrupt of faults: control, then its message */
	VTD_FEDATA = 0x3c,
	VTD_FEADDR = 0x40,
	VTD_FEUADDR = 0x44,
	VTD_AFLOG = 0x58,
	VTD_PMEN = 0x64, /* protected memory */
	VTD_PLMBASE = 0x68,
	VTD_PLMLIMIT = 0x6c,
	VTD_PHMBASE = 0x70,
	VTD_PHMLIMIT = 0x78,
	VTD_IQH = 0x80, /* queue of invalidations */
	VTD_IQT = 0x88,
	VTD_IQA = 0x90,
	VTD_IECTL = 0xa0,
	VTD_IEDATA = 0xa4,
	VTD_IEADDR = 0xa8,
	VTD_IEUADDR = 0xac,
	VTD_IRTA = 0xb8,
	VTD_PQH = 0xc0, /* queue of page requests */
	VTD_PQT = 0xc8,
	VTD_PQA = 0xd0,
	VTD_PECTL = 0xe0,
	VTD_PEDATA = 0xe4,
	VTD_PEADDR = 0xe8,
	VTD_PEUADDR = 0xec,
};

/* GCMD and GSTS have the same places. The first five stay on until they are switched off. */
#define VTD_TRANSLATION	    (1u << 31)
#define VTD_FAULT_LOG	    (1u << 28)
#define VTD_QUEUED	    (1u << 26)
#define VTD_REMAPPING	    (1u << 25)
#define VTD_COMPATIBILITY   (1u << 23) /* interrupts without an entry in the table pass */
#define VTD_SET_ROOT	    (1u << 30)
#define VTD_SET_FAULT_LOG   (1u << 29)
#define VTD_FLUSH_WRITES    (1u << 27) /* in GSTS: still flushing */
#define VTD_SET_REMAP_TABLE (1u << 24)
#define VTD_LASTING \
	(VTD_TRANSLATION | VTD_FAULT_LOG | VTD_QUEUED | VTD_REMAPPING | VTD_COMPATIBILITY)

#define VTD_PENDING		(1u << 30) /* in the controls of interrupts: one waits to be sent */

#define VTD_PMEN_ENABLE		(1u << 31)
#define VTD_PMEN_STATUS		(1u << 0)

#define VTD_FSTS_ANY		0xffu /* of faults and errors */
#define VTD_FSTS_CLEAR		0xfdu /* writing 1 clears; bit 1 goes with the fault records */

#define VTD_CAP_FLUSH_WRITES	(1ull << 4)
#define VTD_CAP_FAULTS_AT(cap)	(16 * ((cap) >> 24 & 0x3ff))
#define VTD_CAP_FAULTS(cap)	(((cap) >> 40 & 0xff) + 1)
#define VTD_FAULT_SIZE		16
#define VTD_FAULT_LAST_WORD	12 /* bit 31 of it: the record is in use; writing 1 clears it */
#define VTD_FAULT_USED		(1u << 31)

#define VTD_ECAP_QUEUED		(1ull << 1)
#define VTD_ECAP_REMAPPING	(1ull << 3)
#define VTD_ECAP_SCALABLE	(1ull << 43)
#define VTD_ECAP_IOTLB_AT(ecap) (16 * ((ecap) >> 8 & 0x3ff) + 8)

/* Queue registers. */
#define VTD_IQA_WIDE	   (1ull << 11) /* descriptors of 32 bytes, else of 16 */
#define VTD_IQA_ORDER(iqa) (7 & (iqa))	/* 2^n pages */
#define VTD_IQ_INDEX_MASK  0x7fff0u

#endif
