/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <sound>: the guest's cards; <audio>: where they are heard. */
#include "conf/domain/device/devices.h"

/* clang-format off */
const char *const sound_models[SOUND_LAST] = {"sb16", "es1370", "pcspk", "ac97", "ich6", "ich9", "usb", "ich7"};
const char *const sound_codec_types[SOUND_CODEC_LAST] = {"duplex", "micro", "output"};
const char *const audio_types[AUDIO_LAST] = {
    "none", "alsa", "coreaudio", "jack", "oss", "pulseaudio", "sdl", "spice", "file", "dbus",
};

static const XmlField codec_fields[] = {
    XML_ENUM(SoundCodec, type, "@type", sound_codec_types, .required = TRUE, .always = TRUE,
             .invalid = XML_COMPLAINT(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "unknown codec type '%s'")),
    XML_END,
};
static const XmlElement codec_element = {.size = sizeof(SoundCodec), .fields = codec_fields};

#define ICH (XML_WHEN(SOUND_ICH6) | XML_WHEN(SOUND_ICH9))

static const XmlField sound_fields[] = {
    XML_ENUM(SoundDef, model, "@model", sound_models, .required = TRUE, .always = TRUE),
    XML_LIST(SoundDef, codecs, "codec", &codec_element, .when = ICH),
    XML_TAKEN("codec"), /* elsewhere of no effect */
    XML_UINT(SoundDef, audio_id, "audio/@id", .nonzero = TRUE),
    XML_INCLUDE(SoundDef, info, &device_info_element),
    XML_END,
};
const XmlElement sound_element = {
    .size = sizeof(SoundDef), .fields = sound_fields, .variant = offsetof(SoundDef, model),
};

const char *const audio_formats[AUDIO_FORMAT_LAST] = {NULL, "s8", "u8", "s16", "u16", "s32", "u32", "f32"};

#define ALSA       XML_WHEN(AUDIO_ALSA)
#define COREAUDIO  XML_WHEN(AUDIO_COREAUDIO)
#define JACK       XML_WHEN(AUDIO_JACK)
#define OSS        XML_WHEN(AUDIO_OSS)
#define PULSEAUDIO XML_WHEN(AUDIO_PULSEAUDIO)
#define SDL        XML_WHEN(AUDIO_SDL)

/* Both sides have the same rows, for members of their own. */
#define SETTINGS_FIELDS(side)                                                            \
    XML_UINT(AudioDef, side.frequency_hz, "@frequency"),                                 \
    XML_UINT(AudioDef, side.channels, "@channels"),                                      \
    XML_ENUM(AudioDef, side.format, "@format", audio_formats),                           \
    XML_END
#define SIDE_FIELDS(side, settings)                                                      \
    XML_YESNO(AudioDef, side.mixing_engine, "@mixingEngine"),                            \
    XML_YESNO(AudioDef, side.fixed_settings, "@fixedSettings"),                          \
    XML_UINT(AudioDef, side.voices, "@voices"),                                          \
    XML_UINT(AudioDef, side.buffer_length_us, "@bufferLength"),                          \
    XML_STRING(AudioDef, side.dev, "@dev", .when = ALSA | OSS),                          \
    XML_UINT(AudioDef, side.buffer_count, "@bufferCount", .when = COREAUDIO | OSS | SDL),\
    XML_YESNO(AudioDef, side.try_poll, "@tryPoll", .when = OSS),                         \
    XML_STRING(AudioDef, side.server_name, "@serverName", .when = JACK),                 \
    XML_STRING(AudioDef, side.client_name, "@clientName", .when = JACK),                 \
    XML_STRING(AudioDef, side.connect_ports, "@connectPorts", .when = JACK),             \
    XML_YESNO(AudioDef, side.exact_name, "@exactName", .when = JACK),                    \
    XML_STRING(AudioDef, side.name, "@name", .when = PULSEAUDIO),                        \
    XML_STRING(AudioDef, side.stream_name, "@streamName", .when = PULSEAUDIO),           \
    XML_UINT(AudioDef, side.latency_us, "@latency", .when = PULSEAUDIO),                 \
    XML_INSIDE("settings", settings),                                                    \
    XML_END

static const XmlField in_settings_fields[] = {SETTINGS_FIELDS(in)};
static const XmlElement in_settings = {.fields = in_settings_fields};
static const XmlField out_settings_fields[] = {SETTINGS_FIELDS(out)};
static const XmlElement out_settings = {.fields = out_settings_fields};
static const XmlField in_fields[] = {SIDE_FIELDS(in, &in_settings)};
static const XmlElement in_element = {.fields = in_fields, .variant = offsetof(AudioDef, type)};
static const XmlField out_fields[] = {SIDE_FIELDS(out, &out_settings)};
static const XmlElement out_element = {.fields = out_fields, .variant = offsetof(AudioDef, type)};

static const XmlField audio_fields[] = {
    XML_UINT(AudioDef, id, "@id", .required = TRUE, .nonzero = TRUE),
    XML_ENUM(AudioDef, type, "@type", audio_types, .required = TRUE, .always = TRUE),
    XML_UINT(AudioDef, timer_period_us, "@timerPeriod"),
    XML_STRING(AudioDef, path, "@path", .when = XML_WHEN(AUDIO_FILE)),
    XML_YESNO(AudioDef, try_mmap, "@tryMMap", .when = OSS),
    XML_YESNO(AudioDef, exclusive, "@exclusive", .when = OSS),
    XML_UINT(AudioDef, dsp_policy, "@dspPolicy", .when = OSS),
    XML_STRING(AudioDef, server_name, "@serverName", .when = PULSEAUDIO),
    XML_STRING(AudioDef, sdl_driver, "@driver", .when = SDL),
    XML_INSIDE("input", &in_element),
    XML_INSIDE("output", &out_element),
    XML_END,
};
const XmlElement audio_element = {
    .size = sizeof(AudioDef), .fields = audio_fields, .variant = offsetof(AudioDef, type),
};
/* clang-format on */

void sound_def_free(SoundDef *sound)
{
    xml_struct_free(&sound_element, sound);
}

void audio_def_free(AudioDef *audio)
{
    xml_struct_free(&audio_element, audio);
}
