/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pic.h - the two 8259A interrupt controllers. Intel 8259A data sheet; ELCR: ICH9 data sheet, 13.4.
 */
#ifndef ARCH_X86_INTERRUPT_PIC_H
#define ARCH_X86_INTERRUPT_PIC_H

#include <stdint.h>

/* The vectors that a PC's firmware programs: IRQ 0 to 7 at 0x08, 8 to 15 at 0x70. */
#define PIC_FIRMWARE_MASTER 0x08
#define PIC_FIRMWARE_SLAVE  0x70

/*
 * The vector bases are write-only, so the slot notes them in switchyard_notes. They are 0 if it
 * does not.
 */
struct pic_state {
	uint8_t mask[2], elcr[2];
	uint8_t base[2];
};

/*
 * A mirrored pair. pic_save() leaves base alone, and masks all inputs. If base is 0, pic_restore()
 * keeps the bases that are programmed. Otherwise it writes them even if they have not changed,
 * because that clears what was requested meanwhile. now is what was saved last, or NULL.
 */
void pic_save(struct pic_state *state);
void pic_restore(const struct pic_state *state, const struct pic_state *now);

/* Masks all 16 inputs. */
void pic_mask_all(void);

#endif
