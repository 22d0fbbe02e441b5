/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest to try things on: a multiboot kernel of a few hundred bytes that QEMU's -kernel loads. It greets on the first
 * serial port and gives back what it is sent; "q" powers off, "r" resets. For processors that come and go: "C" tells
 * QEMU that it knows how to let them go, as systems with ACPI do when they start; "E" lets those go that are asked for.
 */
        .set MAGIC, 0x1badb002
        .set COM1, 0x3f8
        .set LINE_STATUS, 0x3fd
        .set PM1_CONTROL, 0x604         /* where the firmware puts it, on q35 and on pc */
        /* QEMU's docs/specs/acpi_cpu_hotplug: where on q35 and on pc; the number of a processor is chosen, its flags
         * are 4 behind. */
        .set CPUS_Q35, 0x0cd8
        .set CPUS_PC, 0xaf00
        .set CPU_IS_REMOVED, 0x04
        .set CPU_EJECT, 0x08
        .set CPU_COUNT, 4

        .section .multiboot, "a"
        .align 4
        .long MAGIC, 0, -MAGIC

        .text
        .globl _start
_start:
        movl    $greeting, %esi
1:      lodsb
        testb   %al, %al
        jz      echo
        call    put
        jmp     1b

echo:
        movw    $LINE_STATUS, %dx
        inb     %dx, %al
        testb   $1, %al
        jnz     1f
        pause
        jmp     echo
1:      movw    $COM1, %dx
        inb     %dx, %al
        cmpb    $'q', %al
        je      power_off
        cmpb    $'r', %al
        je      reset
        cmpb    $'C', %al
        je      know_cpus
        cmpb    $'E', %al
        je      eject_cpus
        call    put
        jmp     echo

/* Writes %al when the port has room. */
put:
        movb    %al, %bl
        movw    $LINE_STATUS, %dx
1:      inb     %dx, %al
        testb   $0x20, %al
        jz      1b
        movb    %bl, %al
        movw    $COM1, %dx
        outb    %al, %dx
        ret

power_off:
        movw    $PM1_CONTROL, %dx
        movw    $0x2000, %ax
        outw    %ax, %dx
        jmp     echo

reset:
        movb    $0xfe, %al
        outb    %al, $0x64
        jmp     echo

know_cpus:
        xorl    %eax, %eax
        movw    $CPUS_Q35, %dx
        outb    %al, %dx
        movw    $CPUS_PC, %dx
        outb    %al, %dx
        movb    $'C', %al
        call    put
        jmp     echo

eject_cpus:
        movw    $CPUS_Q35, %dx
        call    eject_at
        movw    $CPUS_PC, %dx
        call    eject_at
        jmp     echo

eject_at:
        xorl    %ecx, %ecx
1:      movl    %ecx, %eax
        outl    %eax, %dx
        addw    $4, %dx
        inb     %dx, %al
        cmpb    $0xff, %al              /* nothing there */
        je      2f
        testb   $CPU_IS_REMOVED, %al
        jz      2f
        movb    $CPU_IS_REMOVED, %al    /* heard; it would still be asked for when it has come again */
        outb    %al, %dx
        movb    $CPU_EJECT, %al
        outb    %al, %dx
2:      subw    $4, %dx
        incl    %ecx
        cmpl    $CPU_COUNT, %ecx
        jb      1b
        ret

        .data
greeting:
        .asciz  "modvirt test guest\r\n"
        .section .note.GNU-stack, "", @progbits
