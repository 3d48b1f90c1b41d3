/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sha256.h - SHA-256. FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2.
 */
#ifndef BOOT_EFI_SHA256_H
#define BOOT_EFI_SHA256_H

#include <stdint.h>

#define SHA256_SIZE 32 /* bytes of a digest */

/* The digest of size bytes. */
void sha256(const void *data, uint64_t size, uint8_t digest[SHA256_SIZE]);

#endif
