/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the model of a guest to the command line of its QEMU. Nothing on the host is touched: what must exist before
 * (taps, sockets) comes in the build's input. A guest that cannot be built is refused, with VIR_ERR_CONFIG_UNSUPPORTED
 * and the thing that is not supported; define does a preview to find out. Never blocks.
 *
 * Each kind of device has its file in virtqemud/device/.
 */
#pragma once

#include "common/error.h"
#include "conf/domain/domain_def.h"
#include "virtqemud/caps/emulator_caps.h"
#include "virtqemud/command/command.h"

/* The host's end of one network card. */
typedef struct {
    GArray *tap_fds;   /* int, owned; one per queue, or the device of vdpa */
    GArray *vhost_fds; /* int, owned; none: no vhost */
} InterfaceHost;
InterfaceHost *interface_host_new(void);
/* Closes the descriptors. NULL is fine. */
void interface_host_free(InterfaceHost *host);

/* A file system of the host whose pages are large. */
typedef struct {
    guint64 size_kib;
    char *path;
} HugeMount;

/* What the daemon's configuration says about command lines. */
typedef struct {
    gboolean has_spice_tls;
    gboolean has_nbd_tls;              /* for disks that do not say */
    char *spice_tls_dir, *nbd_tls_dir; /* certificates */
    int gluster_debug_level;           /* 0: none */
    char *memory_dir;                  /* of memory that is a file: a directory per run */
    GPtrArray *huge_mounts;            /* HugeMount: where the host has large pages; may be NULL */
    guint64 huge_default_kib;          /* the size of a large page when nothing is said */
} CommandSettings;

/* What a command line is for. */
typedef enum {
    BUILD_RUN,
    BUILD_PREVIEW, /* for reading or by hand: nothing is handed over */
    BUILD_CHECK,   /* a preview that nobody reads, of what is about to be defined */
    BUILD_PLUG,    /* of one device, for a QEMU that runs (plug/plug_steps.h) */
} BuildPurpose;

typedef struct {
    const DomainDef *def; /* with aliases (command/alias.h) */
    const EmulatorCaps *caps;
    const CommandSettings *settings;
    BuildPurpose purpose;
    const char *run_name;        /* of this run: "5-guest" */
    const char *guest_dir;       /* of this guest while it runs: monitor.sock, vnc.sock */
    int monitor_fd;              /* listening socket for QMP; not in a preview */
    int tpm_fd;                  /* a socket to the emulated TPM; not in a preview */
    int vsock_fd;                /* the host's end of the guest's vsock; not in a preview */
    GHashTable *secrets;         /* descriptors of values, by the names of objects (secret_host.h); NULL in a preview */
    GPtrArray *interfaces;       /* InterfaceHost or NULL, by the interface's place; NULL in a preview */
    Command *command;            /* what is being built */
    guint boot_index[BOOT_LAST]; /* of the first device of each kind, by <os><boot>; 0: none, or taken */
} CommandBuild;

/* Fills build->command, which is new. FALSE: VIR_ERR_CONFIG_UNSUPPORTED. */
gboolean command_build(CommandBuild *build, GError **error);

/* Documents of other daemons may have interfaces that nothing can be started with. FALSE: VIR_ERR_CONFIG_UNSUPPORTED,
 * naming what that is. To be asked again when the network has said what becomes of it. (device/netdev.c) */
gboolean interface_can_run(const InterfaceDef *interface, GError **error);

/* The command line of a run of def in guest_dir, for reading or by hand. NULL as above. Free with command_free. */
Command *command_preview(const DomainDef *def, const EmulatorCaps *caps, const CommandSettings *settings,
                         const char *guest_dir, GError **error);

/* Whether there would be one, of what is about to be defined: what the model carries and QEMU cannot be told is refused
 * by trying. def is as before afterwards. FALSE as above. */
gboolean command_check(DomainDef *def, const EmulatorCaps *caps, const CommandSettings *settings, const char *guest_dir,
                       GError **error);

/* Where pages of that size (0: the usual) are for a run; NULL: nowhere. Caller frees. (command/memory.c) */
char *memory_huge_dir(const CommandSettings *settings, guint64 size_kib, const char *run_name);
/* Whether any of the guest's memory is large pages by file, or a file of its own. */
gboolean memory_is_huge_file(const DomainDef *def);
gboolean memory_is_file(const DomainDef *def);

/* Whether a memory module is a file of the run's, or of large pages (device/memory.c). */
gboolean memory_device_is_file(const MemoryDeviceDef *device, const MemoryBacking *backing);
gboolean memory_device_is_huge_file(const MemoryDeviceDef *device);
/* Says which of the host's nodes memory comes from. (command/memory.c) */
void memory_add_host_nodes(json_object *object, const char *nodeset, const char *policy);

/* Sets VIR_ERR_CONFIG_UNSUPPORTED and returns FALSE. */
#define unsupported(error, ...) vir_error_fail(error, VIR_FROM_QEMU, VIR_ERR_CONFIG_UNSUPPORTED, __VA_ARGS__)

/* What stands before the devices. */
gboolean build_machine(CommandBuild *build, GError **error); /* command/machine.c */
gboolean build_cpu(CommandBuild *build, GError **error);     /* command/cpu.c */
/* command/memory.c: -m and what memory is made of; ram_id: QEMU's name for the machine's own, or NULL */
gboolean build_memory(CommandBuild *build, const char *ram_id, GError **error);
gboolean build_numa(CommandBuild *build, GError **error);     /* command/memory.c */
void build_iothreads(CommandBuild *build);                    /* command/memory.c */
void build_clock(CommandBuild *build);                        /* command/clock.c */
gboolean build_firmware(CommandBuild *build, GError **error); /* command/boot.c: -blockdev of pflash, -bios */
gboolean build_smbios(CommandBuild *build, GError **error);   /* command/smbios.c: -uuid, -smbios, -fw_cfg */
void build_boot(CommandBuild *build);                         /* command/boot.c: -boot, -kernel */

/* The devices, in virtqemud/device/. */
gboolean build_controllers(CommandBuild *build, GError **error);
gboolean build_iommus(CommandBuild *build, GError **error); /* device/small.c */
gboolean build_hubs(CommandBuild *build, GError **error);   /* device/small.c */
gboolean build_disks(CommandBuild *build, GError **error);
gboolean build_filesystems(CommandBuild *build, GError **error);
/* Where a file system of virtiofs is served. Caller frees. */
char *filesystem_socket_path(const FilesystemDef *filesystem, const char *guest_dir);
gboolean build_memory_devices(CommandBuild *build, GError **error); /* device/memory.c */
gboolean build_vsocks(CommandBuild *build, GError **error);         /* device/shared.c */
gboolean build_shmems(CommandBuild *build, GError **error);         /* device/shared.c */
gboolean build_interfaces(CommandBuild *build, GError **error);
/* Adds the -netdev of the guest's interface (device/netdev.c). */
void build_netdev(CommandBuild *build, const InterfaceDef *interface);
gboolean build_chardevs(CommandBuild *build, GError **error);
gboolean build_tpms(CommandBuild *build, GError **error);
gboolean build_inputs(CommandBuild *build, GError **error);
gboolean build_audios(CommandBuild *build, GError **error);
gboolean build_graphics(CommandBuild *build, GError **error);
gboolean build_videos(CommandBuild *build, GError **error);
gboolean build_sounds(CommandBuild *build, GError **error);
gboolean build_small_devices(CommandBuild *build, GError **error);

/* Adds what the one device of def needs, which is of that kind ("disk"). FALSE: as command_build(), and
 * VIR_ERR_OPERATION_UNSUPPORTED for kinds that are not built one by one (device/device.c). */
gboolean build_device(CommandBuild *build, const char *kind, gconstpointer device, GError **error);

/* Of single devices, each in the file of its kind. */
typedef gboolean (*DeviceBuilder)(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_controller(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_disk(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_interface(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_serial(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_parallel(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_channel(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_console(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_input(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_rng(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_redirdev(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_watchdog(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_memory_device(CommandBuild *build, gconstpointer device, GError **error);
gboolean build_shmem(CommandBuild *build, gconstpointer device, GError **error);

/* Adds the nodes of the disk's images alone; *drive names the one that the guest's drive uses, to be freed; NULL for an
 * empty drive. (device/disk.c) */
gboolean build_disk_nodes(CommandBuild *build, const DiskDef *disk, char **drive, GError **error);

/* ---- for the devices' files (device/device.c) ---- */

/* Passes fd on and returns what QEMU calls it. Caller frees. */
char *device_pass_fd(CommandBuild *build, int fd);
/* That name in a QEMU that runs, for an fd of this process. */
#define DEVICE_PLUG_FD "fd-%d"

/* A new -device object. FALSE from device_add: QEMU lacks the driver; it takes object in any case. */
json_object *device_new(const char *driver);
gboolean device_add(CommandBuild *build, json_object *object, GError **error);

/* Adds "bus", "addr" and the like for the device's address. */
void device_add_address(CommandBuild *build, json_object *object, const DeviceInfo *info);
void device_add_virtio_options(json_object *object, const VirtioOptions *options);
/* Adds key when value is yes or on, no or off. */
void device_add_switch(json_object *object, const char *key, XmlBool value);
/* Adds "iothread": the thread with that id, unless it is 0. */
void device_add_iothread(json_object *object, guint id);
/* Adds "bootindex": the device's own, or what <os><boot> gives to the first of its kind. */
void device_add_boot_index(CommandBuild *build, json_object *object, const DeviceInfo *info, BootDevice kind);
void device_add_rom(json_object *object, const DeviceInfo *info);

/* The driver of a virtio device: "virtio-blk-pci", with the suffix of its model. Caller frees. */
char *device_virtio_driver(const char *base, VirtioModel model);

/* The alias of the controller that a device is on, for "bus"; "" when there is none. */
const char *device_controller_alias(CommandBuild *build, ControllerType type, guint index);

/* "-chardev" with the id "char" + alias; for a QEMU that runs, as its monitor takes it. FALSE: a kind that is not
 * supported. (device/chardev.c) */
gboolean build_char_source(CommandBuild *build, const char *alias, const CharSource *source, GError **error);

/* The id of the <audio> that a device uses, "audio1"; NULL when the guest has none. Caller frees. (device/audio.c) */
char *device_audio_id(CommandBuild *build, guint id);
