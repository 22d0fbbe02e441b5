/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The smaller devices: input, TPM, sound, video, watchdog, balloon, random numbers, USB redirection, panic. */
#pragma once

#include "conf/domain/device/chardev.h"
#include "conf/domain/device/disk.h"

/* ---- input.c ---- */
typedef enum { INPUT_MOUSE, INPUT_TABLET, INPUT_KEYBOARD, INPUT_PASSTHROUGH, INPUT_EVDEV, INPUT_LAST } InputType;
extern const char *const input_types[INPUT_LAST];
typedef enum {
    INPUT_BUS_DEFAULT,
    INPUT_BUS_PS2,
    INPUT_BUS_USB,
    INPUT_BUS_XEN,
    INPUT_BUS_PARALLELS,
    INPUT_BUS_VIRTIO,
    INPUT_BUS_NONE,
    INPUT_BUS_LAST
} InputBus;
extern const char *const input_buses[INPUT_BUS_LAST];

typedef struct {
    InputType type;
    InputBus bus;
    VirtioModel model;
    char *evdev;      /* passthrough, evdev: the host's device */
    XmlBool grab_all; /* evdev: YES only */
    int grab_toggle;  /* evdev: index into input_grab_toggles; 0: unset */
    XmlBool repeat;   /* evdev: on, off */
    VirtioOptions virtio;
    DeviceInfo info;
} InputDef;
extern const char *const input_grab_toggles[7]; /* ctrl-ctrl alt-alt shift-shift meta-meta scrolllock ctrl-scrolllock */
extern const XmlElement input_element;
void input_def_free(InputDef *input);

/* ---- tpm.c ---- */
typedef enum {
    TPM_MODEL_DEFAULT,
    TPM_MODEL_TIS,
    TPM_MODEL_CRB,
    TPM_MODEL_SPAPR,
    TPM_MODEL_SPAPR_PROXY,
    TPM_MODEL_LAST
} TpmModel;
extern const char *const tpm_models[TPM_MODEL_LAST];
typedef enum { TPM_PASSTHROUGH, TPM_EMULATOR, TPM_EXTERNAL, TPM_BACKEND_LAST } TpmBackend;
extern const char *const tpm_backends[TPM_BACKEND_LAST];
typedef enum { TPM_VERSION_DEFAULT, TPM_VERSION_1_2, TPM_VERSION_2_0, TPM_VERSION_LAST } TpmVersion;
extern const char *const tpm_versions[TPM_VERSION_LAST];
enum { TPM_PCR_SHA1 = 1 << 0, TPM_PCR_SHA256 = 1 << 1, TPM_PCR_SHA384 = 1 << 2, TPM_PCR_SHA512 = 1 << 3 };

typedef struct {
    TpmModel model;
    TpmBackend backend;
    TpmVersion version;       /* emulator */
    char *path;               /* passthrough: the host's device */
    XmlBool persistent_state; /* emulator: yes, no */
    guint active_pcr_banks;   /* emulator: TPM_PCR_*; 0: the version's own */
    DeviceInfo info;
} TpmDef;
extern const XmlElement tpm_element;
void tpm_def_free(TpmDef *tpm);

/* ---- sound.c ---- */
typedef enum {
    SOUND_SB16,
    SOUND_ES1370,
    SOUND_PCSPK,
    SOUND_AC97,
    SOUND_ICH6,
    SOUND_ICH9,
    SOUND_USB,
    SOUND_ICH7,
    SOUND_LAST
} SoundModel;
extern const char *const sound_models[SOUND_LAST];
typedef enum { SOUND_CODEC_DUPLEX, SOUND_CODEC_MICRO, SOUND_CODEC_OUTPUT, SOUND_CODEC_LAST } SoundCodecType;
extern const char *const sound_codec_types[SOUND_CODEC_LAST];
typedef struct {
    SoundCodecType type;
} SoundCodec;

typedef struct {
    SoundModel model;
    GPtrArray *codecs; /* ich6, ich9: SoundCodec; may be NULL */
    guint audio_id;    /* 0: the first one */
    DeviceInfo info;
} SoundDef;
extern const XmlElement sound_element;
void sound_def_free(SoundDef *sound);

typedef enum {
    AUDIO_NONE,
    AUDIO_ALSA,
    AUDIO_COREAUDIO,
    AUDIO_JACK,
    AUDIO_OSS,
    AUDIO_PULSEAUDIO,
    AUDIO_SDL,
    AUDIO_SPICE,
    AUDIO_FILE,
    AUDIO_DBUS,
    AUDIO_LAST,
} AudioType;
extern const char *const audio_types[AUDIO_LAST];

typedef enum {
    AUDIO_FORMAT_DEFAULT,
    AUDIO_FORMAT_S8,
    AUDIO_FORMAT_U8,
    AUDIO_FORMAT_S16,
    AUDIO_FORMAT_U16,
    AUDIO_FORMAT_S32,
    AUDIO_FORMAT_U32,
    AUDIO_FORMAT_F32,
    AUDIO_FORMAT_LAST
} AudioFormat;
extern const char *const audio_formats[AUDIO_FORMAT_LAST];

/* What goes in, or comes out. Numbers that are 0 and texts that are NULL are unset. */
typedef struct {
    XmlBool mixing_engine, fixed_settings; /* yes, no */
    guint voices, buffer_length_us;
    guint frequency_hz, channels;
    AudioFormat format;
    char *dev;                                       /* alsa, oss */
    guint buffer_count;                              /* coreaudio, oss, sdl */
    XmlBool try_poll;                                /* oss: yes, no */
    char *server_name, *client_name, *connect_ports; /* jack */
    XmlBool exact_name;                              /* jack: yes, no */
    char *name, *stream_name;                        /* pulseaudio */
    guint latency_us;                                /* pulseaudio */
} AudioSide;

typedef struct {
    guint id;
    AudioType type;
    guint timer_period_us;       /* 0: unset */
    char *path;                  /* file */
    XmlBool try_mmap, exclusive; /* oss: yes, no */
    guint dsp_policy;            /* oss; 0: unset */
    char *server_name;           /* pulseaudio */
    char *sdl_driver;            /* sdl */
    AudioSide in, out;
} AudioDef;
extern const XmlElement audio_element;
void audio_def_free(AudioDef *audio);

/* ---- video.c ---- */
typedef enum {
    VIDEO_DEFAULT,
    VIDEO_VGA,
    VIDEO_CIRRUS,
    VIDEO_VMVGA,
    VIDEO_XEN,
    VIDEO_VBOX,
    VIDEO_QXL,
    VIDEO_PARALLELS,
    VIDEO_VIRTIO,
    VIDEO_GOP,
    VIDEO_NONE,
    VIDEO_BOCHS,
    VIDEO_RAMFB,
    VIDEO_LAST,
} VideoModel;
extern const char *const video_models[VIDEO_LAST];

typedef enum { VGACONF_NONE, VGACONF_IO, VGACONF_ON, VGACONF_OFF, VGACONF_LAST } VideoVgaConf;

typedef struct {
    VideoModel model;
    guint ram_kib, vram_kib, vgamem_kib; /* 0: unset */
    guint vram64_kib;
    guint heads;
    gboolean is_primary;
    XmlBool accel2d, accel3d; /* yes, no */
    char *rendernode;
    guint width, height; /* 0: unset */
    VideoVgaConf vgaconf;
    VirtioOptions virtio;
    DeviceInfo info;
} VideoDef;
extern const XmlElement video_element;
void video_def_free(VideoDef *video);

/* ---- small_devices.c ---- */
typedef enum { WATCHDOG_I6300ESB, WATCHDOG_IB700, WATCHDOG_DIAG288, WATCHDOG_MODEL_LAST } WatchdogModel;
extern const char *const watchdog_models[WATCHDOG_MODEL_LAST];
typedef enum {
    WATCHDOG_RESET,
    WATCHDOG_SHUTDOWN,
    WATCHDOG_POWEROFF,
    WATCHDOG_PAUSE,
    WATCHDOG_DUMP,
    WATCHDOG_NONE,
    WATCHDOG_INJECT_NMI,
    WATCHDOG_ACTION_LAST,
} WatchdogAction;
extern const char *const watchdog_actions[WATCHDOG_ACTION_LAST];

typedef struct {
    WatchdogModel model;
    WatchdogAction action;
    DeviceInfo info;
} WatchdogDef;
extern const XmlElement watchdog_element;
void watchdog_def_free(WatchdogDef *watchdog);

typedef enum {
    BALLOON_VIRTIO,
    BALLOON_XEN,
    BALLOON_NONE, /* no balloon, by the user's word */
    BALLOON_VIRTIO_TRANSITIONAL,
    BALLOON_VIRTIO_NON_TRANSITIONAL,
    BALLOON_LAST,
} BalloonModel;
extern const char *const balloon_models[BALLOON_LAST];

typedef struct {
    BalloonModel model;
    XmlBool autodeflate, free_page_reporting; /* on, off */
    guint stats_period_s;                     /* 0: unset */
    VirtioOptions virtio;
    DeviceInfo info;
} BalloonDef;
extern const XmlElement balloon_element;
void balloon_def_free(BalloonDef *balloon);

typedef enum { RNG_RANDOM, RNG_EGD, RNG_BUILTIN, RNG_BACKEND_LAST } RngBackend;
extern const char *const rng_backends[RNG_BACKEND_LAST];

typedef struct {
    VirtioModel model;
    guint rate_bytes, rate_period_ms; /* 0: unset */
    RngBackend backend;
    char *path;        /* random */
    CharSource source; /* egd */
    VirtioOptions virtio;
    DeviceInfo info;
} RngDef;
extern const XmlElement rng_element;
void rng_def_free(RngDef *rng);

typedef enum { HUB_USB, HUB_LAST } HubType;
typedef struct {
    HubType type;
    DeviceInfo info;
} HubDef;
extern const XmlElement hub_element;
void hub_def_free(HubDef *hub);

typedef enum { REDIRDEV_USB, REDIRDEV_LAST } RedirdevBus;
typedef struct {
    RedirdevBus bus;
    CharSource source;
    DeviceInfo info;
} RedirdevDef;
extern const XmlElement redirdev_element;
void redirdev_def_free(RedirdevDef *redirdev);

/* Which devices may come by redirection; the first rule that is about one decides. What is -1 is any. */
#define REDIR_ANY (-1)
typedef struct {
    int usb_class, vendor, product;
    int version;     /* as USB writes it: 0x0256 is 2.56 */
    XmlBool allowed; /* yes, no */
} RedirRule;
typedef struct {
    GPtrArray *rules; /* RedirRule; may be NULL */
} RedirFilter;
extern const XmlElement redirfilter_element;

typedef enum { PANIC_DEFAULT, PANIC_ISA, PANIC_PSERIES, PANIC_HYPERV, PANIC_S390, PANIC_LAST } PanicModel;
extern const char *const panic_models[PANIC_LAST];

typedef struct {
    PanicModel model;
    DeviceInfo info;
} PanicDef;
extern const XmlElement panic_element;
void panic_def_free(PanicDef *panic);

/* ---- iommu.c ---- */
typedef enum { IOMMU_INTEL, IOMMU_SMMUV3, IOMMU_VIRTIO, IOMMU_MODEL_LAST } IommuModel;
extern const char *const iommu_models[IOMMU_MODEL_LAST];

typedef struct {
    IommuModel model;
    XmlBool intremap, caching_mode, eim, iotlb; /* intel: on, off */
    guint aw_bits;                              /* intel; 0: QEMU's own */
    DeviceInfo info;
} IommuDef;
extern const XmlElement iommu_element;

G_DEFINE_AUTOPTR_CLEANUP_FUNC(InputDef, input_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TpmDef, tpm_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SoundDef, sound_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AudioDef, audio_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VideoDef, video_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WatchdogDef, watchdog_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BalloonDef, balloon_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RngDef, rng_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HubDef, hub_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RedirdevDef, redirdev_def_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PanicDef, panic_def_free)
