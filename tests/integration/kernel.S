/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest to try things on: a multiboot kernel of a few hundred bytes that QEMU's -kernel loads. It greets on the first
 * serial port and gives back what it is sent; "q" powers off, "r" resets.
 */
        .set MAGIC, 0x1badb002
        .set COM1, 0x3f8
        .set LINE_STATUS, 0x3fd
        .set PM1_CONTROL, 0x604         /* where the firmware puts it, on q35 and on pc */

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

        .data
greeting:
        .asciz  "modvirt test guest\r\n"
        .section .note.GNU-stack, "", @progbits
