// SPDX-License-Identifier: GPL-2.0-only
/*
 * spin - never ends. Its registers r8 to r10 and r12 to r15 hold 0x5359000000000000 and their number,
 * and a debugger has to find that.
 */
int main(void)
{
	asm volatile("movabs $0x5359000000000008, %%r8\n"
		     "movabs $0x5359000000000009, %%r9\n"
		     "movabs $0x535900000000000a, %%r10\n"
		     "movabs $0x535900000000000c, %%r12\n"
		     "movabs $0x535900000000000d, %%r13\n"
		     "movabs $0x535900000000000e, %%r14\n"
		     "movabs $0x535900000000000f, %%r15\n"
		     "1: jmp 1b"
		     :
		     :
		     : "r8", "r9", "r10", "r12", "r13", "r14", "r15");
}
