// SPDX-License-Identifier: GPL-2.0-only
/*
 * edu_probe.c - a driver for QEMU's device "edu" (docs/specs/edu in QEMU's source), which lets it
 * interrupt in the middle of a quick switch. A probe at the function that `at` names raises the
 * interrupt at once, or with dma=1 starts a transfer to memory, which ends 100 ms later with one.
 *
 * Its parameters in sysfs tell what came: `interrupts` counts calls of the handler, `answered` those
 * that found the device's request, and `transfers` those after which the memory had what the device
 * wrote.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pci.h>

#ifndef PCI_IRQ_INTX /* before 6.8 */
#define PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

#define EDU_STATUS    0x24 /* why it interrupts */
#define EDU_RAISE     0x60
#define EDU_ANSWER    0x64
#define EDU_DMA_FROM  0x80
#define EDU_DMA_TO    0x88
#define EDU_DMA_COUNT 0x90
#define EDU_DMA	      0x98
#define DMA_TO_RAM    0x03 /* start, towards memory */
#define DMA_TO_EDU    0x01
#define DMA_INTERRUPT 0x04
#define STATUS_DMA    0x100
#define EDU_BUFFER    0x40000
#define TEXT	      "written by the device"
#define BAR	      0

static char *at = "syscore_suspend";
module_param(at, charp, 0444);
MODULE_PARM_DESC(at, "the function at which the device gets its order");

static bool dma;
module_param(dma, bool, 0444);
MODULE_PARM_DESC(dma, "it interrupts after a transfer to memory");

static bool pin;
module_param(pin, bool, 0444);
MODULE_PARM_DESC(pin, "it interrupts by its pin");

static unsigned int irq, interrupts, answered, transfers;
module_param(irq, uint, 0444);
module_param(interrupts, uint, 0444);
module_param(answered, uint, 0444);
module_param(transfers, uint, 0444);

static void __iomem *registers;
static char *memory;
static dma_addr_t memory_address;

static void start_dma(u64 from, u64 to, u32 how)
{
	writeq(from, registers + EDU_DMA_FROM);
	writeq(to, registers + EDU_DMA_TO);
	writeq(sizeof(TEXT), registers + EDU_DMA_COUNT);
	writeq(how, registers + EDU_DMA);
}

static int give_order(struct kprobe *probe, struct pt_regs *regs)
{
	if (dma)
		start_dma(EDU_BUFFER, memory_address, DMA_TO_RAM | DMA_INTERRUPT);
	else
		writel(1, registers + EDU_RAISE);
	return 0;
}

static struct kprobe probe = {.pre_handler = give_order};

static irqreturn_t handle(int number, void *device)
{
	u32 status = readl(registers + EDU_STATUS);

	interrupts++;
	if (!status)
		return pin ? IRQ_NONE : IRQ_HANDLED;
	writel(status, registers + EDU_ANSWER);
	answered++;
	if (status & STATUS_DMA && !strcmp(memory, TEXT)) {
		transfers++;
		memory[0] = '\0';
	}
	return IRQ_HANDLED;
}

/* Gives the device the text that it will write. */
static int fill_device(struct pci_dev *card)
{
	memory = dmam_alloc_coherent(&card->dev, PAGE_SIZE, &memory_address, GFP_KERNEL);
	if (!memory)
		return -ENOMEM;
	strcpy(memory, TEXT);
	start_dma(memory_address, EDU_BUFFER, DMA_TO_EDU);
	while (readq(registers + EDU_DMA) & DMA_TO_EDU)
		cpu_relax();
	memory[0] = '\0';
	return 0;
}

static int edu_start(struct pci_dev *card, const struct pci_device_id *id)
{
	int error = pcim_enable_device(card);

	if (!error)
		error = pcim_iomap_regions(card, 1 << BAR, KBUILD_MODNAME);
	if (!error)
		error = dma_set_mask_and_coherent(&card->dev, DMA_BIT_MASK(32));
	if (error)
		return error;
	registers = pcim_iomap_table(card)[BAR];
	pci_set_master(card);
	error = fill_device(card);
	if (error)
		return error;
	error = pci_alloc_irq_vectors(card, 1, 1, pin ? PCI_IRQ_INTX : PCI_IRQ_MSI);
	if (error < 0)
		return error;
	irq = pci_irq_vector(card, 0);
	error = request_irq(irq, handle, pin ? IRQF_SHARED : 0, KBUILD_MODNAME, card);
	if (error)
		pci_free_irq_vectors(card);
	return error;
}

static void edu_stop(struct pci_dev *card)
{
	free_irq(irq, card);
	pci_free_irq_vectors(card);
	pci_clear_master(card);
}

static const struct pci_device_id ids[] = {{PCI_DEVICE(0x1234, 0x11e8)}, {}};

static struct pci_driver driver = {.name = KBUILD_MODNAME,
				   .id_table = ids,
				   .probe = edu_start,
				   .remove = edu_stop};

static int __init edu_init(void)
{
	int error = pci_register_driver(&driver);

	if (error)
		return error;
	probe.symbol_name = at;
	error = irq ? register_kprobe(&probe) : -ENODEV;
	if (error)
		pci_unregister_driver(&driver);
	return error;
}

static void __exit edu_exit(void)
{
	unregister_kprobe(&probe);
	pci_unregister_driver(&driver);
}

module_init(edu_init);
module_exit(edu_exit);

MODULE_DESCRIPTION("Lets QEMU's device edu interrupt in the middle of a quick switch");
MODULE_LICENSE("GPL");
